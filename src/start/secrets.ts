import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { StartError } from './start-error';
import { type Login, LOGINS } from '../database/logins';

const SECRETS = z.object({
  jwtSecret: z.string().min(32),
  encryptionKey: z.string().min(40),
  logins: z.record(z.enum(LOGINS), z.string().min(16)),
});

/** Secrets that were made for this machine, so that nobody has to make any to try the service. */
export interface LocalSecrets {
  readonly jwtSecret: string;
  /** 32 bytes, base64. */
  readonly encryptionKey: string;
  readonly logins: Readonly<Record<Login, string>>;
}

/** Made at the first start, and the same at every later one. Outside production only. */
export function localSecrets(dataDir: string): LocalSecrets {
  const file = join(dataDir, 'secrets.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    const made: LocalSecrets = {
      jwtSecret: randomBytes(32).toString('base64url'),
      encryptionKey: randomBytes(32).toString('base64'),
      logins: { anycademy_api: password(), anycademy_writer: password(), anycademy_worker: password() },
    };
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
    return made;
  }
  const read = SECRETS.safeParse(safeJson(text));
  if (!read.success) {
    throw new StartError(
      `${file} is damaged. Restore it, or remove the whole folder ${dataDir} to begin anew (its demo data is lost).`,
    );
  }
  return read.data;
}

function password(): string {
  return randomBytes(24).toString('base64url');
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
