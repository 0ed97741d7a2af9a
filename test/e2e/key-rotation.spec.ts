import { randomBytes, randomUUID } from 'node:crypto';
import { TokenVault } from '../../src/auth/token-vault';
import { type EncryptionKey } from '../../src/config/config';
import { migratedDatabase, type MigratedDatabase } from '../support/migrated-database';
import { Session } from '../support/session';
import { Child } from './support/child-process';

const key = (id: string): EncryptionKey => ({ id, key: new Uint8Array(randomBytes(32)) });
const textOf = (...keys: EncryptionKey[]) =>
  keys.map(({ id, key: bytes }) => `${id}:${Buffer.from(bytes).toString('base64')}`).join(',');

const [older, newer] = [key('2025'), key('2026')];
const before = new TokenVault({ encryptionKeys: [older] });
const after = new TokenVault({ encryptionKeys: [newer] });

/** The command's connection. */
const COMMAND = `application_name = 'anycademy-rotate-keys' AND datname = current_database()`;

let database: MigratedDatabase;
let session: Session;
beforeEach(async () => {
  database = await migratedDatabase();
  session = await Session.open(database.url);
});
afterEach(async () => {
  await session.close();
  await database.drop();
});

/** The command as an operator runs it. */
const rotate = (...keys: EncryptionKey[]) =>
  Child.run('src/start/rotate-keys.ts', {
    env: { DATABASE_URL: database.url, ENCRYPTION_KEYS: textOf(...keys) },
    cwd: '/',
  });

/** Connections whose tokens are `access-N` and `refresh-N`, encrypted with the old key. @returns their users */
async function connections(count: number): Promise<string[]> {
  const users = Array.from({ length: count }, () => randomUUID());
  const access = await Promise.all(users.map((user, index) => before.encrypt(user, `access-${index}`)));
  const refresh = await Promise.all(users.map((user, index) => before.encrypt(user, `refresh-${index}`)));
  await session.rows(
    `INSERT INTO user_discord_connections (user_id, discord_user_id, discord_username, access_token, refresh_token, is_verified)
     SELECT u, (200000000000000000 + n)::text, 'name', a, r, true
     FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS x(u, a, r, n)`,
    [users, access, refresh],
  );
  return users;
}

async function stored(userId: string): Promise<{ access_token: string; refresh_token: string }> {
  const [row] = await session.rows<{ access_token: string; refresh_token: string }>(
    'SELECT access_token, refresh_token FROM user_discord_connections WHERE user_id = $1',
    [userId],
  );
  if (!row) throw new Error('The connection is gone.');
  return row;
}

/** How many connections name this key. */
const underKey = (id: string) =>
  session.value(
    `SELECT count(*)::int FROM user_discord_connections
     WHERE convert_from(decode(rpad(translate(split_part(access_token, '.', 1), '-_', '+/'),
       (length(split_part(access_token, '.', 1)) + 3) / 4 * 4, '='), 'base64'), 'utf8')::json ->> 'kid' = $1`,
    [id],
  );

it('every token can be read with the new key alone afterwards, and nobody was marked for it', async () => {
  const users = await connections(3);
  await session.marks();
  const child = rotate(newer, older);
  expect(await child.ended).toBe(0);
  expect(child.output).toContain('… 3 of 3 connections');
  expect(child.output).toContain(
    'Encrypted 3 connections with the key "2026"; 0 were so already, 0 cannot be read.\n' +
      'Encrypted 0 webhook secrets with the key "2026"; 0 were so already, 0 cannot be read.\n' +
      'Only the key "2026" is needed now.',
  );
  for (const [index, user] of users.entries()) {
    const { access_token, refresh_token } = await stored(user);
    expect(await after.decrypt(user, access_token)).toBe(`access-${index}`);
    expect(await after.decrypt(user, refresh_token)).toBe(`refresh-${index}`);
  }
  expect(await session.marks()).toEqual([]);

  const again = rotate(newer);
  expect(await again.ended).toBe(0);
  expect(again.output).toContain('Encrypted 0 connections with the key "2026"; 3 were so already');
}, 60_000);

it('the secrets of webhook endpoints go with them, and one whose key is gone is told', async () => {
  const [good, lost] = [randomUUID(), randomUUID()];
  const unreadable = await new TokenVault({ encryptionKeys: [key('lost')] }).encrypt(lost, 'whsec_lost');
  await session.rows(
    `INSERT INTO discord_webhook_endpoints (id, url, secret, created_by, log_seq)
     SELECT id, 'https://learn.example.org/' || id, secret, id, 0 FROM unnest($1::uuid[], $2::text[]) e(id, secret)`,
    [
      [good, lost],
      [await before.encrypt(good, 'whsec_good'), unreadable],
    ],
  );
  const child = rotate(newer, older);
  expect(await child.ended).toBe(1);
  expect(child.output).toContain('… 2 of 2 webhook secrets');
  expect(child.output).toContain(
    'Encrypted 1 webhook secrets with the key "2026"; 0 were so already, 1 cannot be read.',
  );
  expect(child.output).toContain('put their key back into ENCRYPTION_KEYS');
  const secretOf = async (id: string) =>
    String(await session.value('SELECT secret FROM discord_webhook_endpoints WHERE id = $1', [id]));
  expect(await after.decrypt(good, await secretOf(good))).toBe('whsec_good');
  expect(await secretOf(lost)).toBe(unreadable);
}, 60_000);

it('a run that is killed in the middle is finished by the next one', async () => {
  await connections(1_200);
  // Somebody holds a row of a later batch, so the command is in the middle when it is killed.
  const blocker = await Session.open(database.url);
  await blocker.rows('BEGIN');
  await blocker.rows(
    'SELECT FROM user_discord_connections WHERE id = (SELECT id FROM user_discord_connections ORDER BY id OFFSET 1100 LIMIT 1) FOR UPDATE',
  );
  const killed = rotate(newer, older);
  await killed.prints(/… 1000 of 1200/);
  await killed.stop('SIGKILL');
  // The statement that waits is the dead process's: the server ends it when it notices, here at once.
  await session.rows(`SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE ${COMMAND}`);
  await blocker.rows('ROLLBACK');
  await blocker.close();
  expect([await underKey('2025'), await underKey('2026')]).toEqual([200, 1_000]);

  const next = rotate(newer, older);
  expect(await next.ended).toBe(0);
  expect(next.output).toContain('Encrypted 200 connections with the key "2026"; 1000 were so already');
  expect(await underKey('2026')).toBe(1_200);
}, 60_000);

it('what the service writes meanwhile is neither lost nor left with the old key', async () => {
  const [user = ''] = await connections(1);
  // The service (not restarted yet) stores a refreshed token, and commits after the command has read the old one.
  const service = await Session.open(database.url);
  await service.rows('BEGIN');
  await service.rows('UPDATE user_discord_connections SET access_token = $2 WHERE user_id = $1', [
    user,
    await before.encrypt(user, 'refreshed'),
  ]);
  const child = rotate(newer, older);
  for (;;) {
    // The command's statement waits for the service's transaction.
    const waiting = await session.value(
      `SELECT count(*)::int FROM pg_stat_activity WHERE ${COMMAND} AND wait_event_type = 'Lock'`,
    );
    if (waiting === 1) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await service.rows('COMMIT');
  await service.close();
  expect(await child.ended).toBe(0);
  expect(child.output).toContain('Encrypted 1 connections');
  const { access_token, refresh_token } = await stored(user);
  expect(await after.decrypt(user, access_token)).toBe('refreshed');
  expect(await after.decrypt(user, refresh_token)).toBe('refresh-0');
}, 60_000);

it("another row's token, and one whose key is gone, are left as they are and told", async () => {
  const [anna = '', ben = '', cleo = ''] = await connections(3);
  const { access_token: annas } = await stored(anna);
  await session.rows('UPDATE user_discord_connections SET access_token = $2 WHERE user_id = $1', [ben, annas]);
  const lost = await new TokenVault({ encryptionKeys: [key('lost')] }).encrypt(cleo, 'access');
  await session.rows('UPDATE user_discord_connections SET access_token = $2 WHERE user_id = $1', [cleo, lost]);

  const child = rotate(newer, older);
  expect(await child.ended).toBe(1);
  expect(child.output).toContain('Encrypted 1 connections with the key "2026"; 0 were so already, 2 cannot be read.');
  expect(child.output).toContain('put their key back into ENCRYPTION_KEYS');
  expect(await stored(ben)).toMatchObject({ access_token: annas });
  expect(await stored(cleo)).toMatchObject({ access_token: lost });
}, 60_000);

it('old keys are to be kept while a given-up grant waits to be revoked', async () => {
  await session.rows(`SELECT graphile_worker.add_job('revoke-tokens', '{}'::json)`);
  const child = rotate(newer, older);
  expect(await child.ended).toBe(1);
  expect(child.output).toContain('1 given-up grants wait to be revoked at Discord. Keep the old keys until they are');
}, 60_000);

it('without keys or a database it says what is missing', async () => {
  const child = Child.run('src/start/rotate-keys.ts', { env: { DATABASE_URL: database.url }, cwd: '/' });
  expect(await child.ended).toBe(1);
  expect(child.output.trim()).toBe('ENCRYPTION_KEYS is missing: id:key,id:key, the new key first.');
}, 60_000);
