import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { rotateKeys } from '../auth/key-rotation';
import { TokenVault } from '../auth/token-vault';
import { EnvironmentError, readEnvironment } from '../config/environment';
import { StartError } from './start-error';

/** `npm run keys:rotate`. Ends with 1 when something is left that needs an old key, or cannot be read at all. */
async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { database, encryptionKeys } = readEnvironment(process.env);
  if (!database.ownerUrl)
    throw new StartError('DATABASE_URL is missing: the database whose tokens and secrets are to be encrypted.');
  if (!encryptionKeys) throw new StartError('ENCRYPTION_KEYS is missing: id:key,id:key, the new key first.');

  const client = new Client({ connectionString: database.ownerUrl, application_name: 'anycademy-rotate-keys' });
  await client.connect();
  try {
    const newest = encryptionKeys[0].id;
    const { rows, waiting } = await rotateKeys(client, new TokenVault({ encryptionKeys }), (what, seen, all) =>
      console.log(`… ${seen} of ${all} ${what}`),
    );
    for (const { what, rotated, current, unreadable } of rows) {
      console.log(
        `Encrypted ${rotated} ${what} with the key "${newest}"; ${current} were so already, ${unreadable} cannot be read.`,
      );
    }
    const unreadable = rows.reduce((sum, kind) => sum + kind.unreadable, 0);
    if (unreadable > 0) {
      console.log(
        'Those that cannot be read were left as they are: put their key back into ENCRYPTION_KEYS, and run this again.',
      );
    }
    if (waiting > 0) {
      console.log(
        `${waiting} given-up grants wait to be revoked at Discord. Keep the old keys until they are: run this again later.`,
      );
    }
    if (unreadable === 0 && waiting === 0) console.log(`Only the key "${newest}" is needed now.`);
    process.exitCode = unreadable === 0 && waiting === 0 ? 0 : 1;
  } finally {
    await client.end();
  }
}

main().catch((error: unknown) => {
  const expected = error instanceof EnvironmentError || error instanceof StartError;
  console.error(expected ? `\n${error.message}\n` : error);
  process.exitCode = 1;
});
