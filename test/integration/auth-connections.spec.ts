import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type Sandbox, startSandbox } from '../../sandbox/server';
import { Connections } from '../../src/auth/connections';
import { TokenVault } from '../../src/auth/token-vault';
import { migratedDatabase, type MigratedDatabase } from '../support/migrated-database';
import { type AuthApp, configFor, startAuthApp } from './auth-app';

describe('The stored grant of a student', () => {
  let sandbox: Sandbox;
  let database: MigratedDatabase;
  let sql: Client;
  /** Two processes of the service, as far as the database can tell. */
  let app: AuthApp;
  let replica: AuthApp;

  beforeAll(async () => {
    [sandbox, database] = await Promise.all([startSandbox({ port: 0 }), migratedDatabase()]);
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    const config = configFor(database.logins, sandbox.url, { roles: new Set(['api']) });
    app = await startAuthApp(config);
    replica = await startAuthApp(config);
  });

  afterAll(async () => {
    await Promise.all([app.close(), replica.close()]);
    await sql.end();
    await Promise.all([sandbox.close(), database.drop()]);
  });

  beforeEach(async () => {
    await discord('DELETE', '/sandbox/faults');
    await discord('DELETE', '/sandbox/requests');
  });

  async function discord<Result>(method: string, path: string, body?: object): Promise<Result> {
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json().catch(() => null)) as Result;
  }

  /** Somebody who linked an account earlier. The stored token ends in `endsInMinutes`. */
  async function student({ endsInMinutes = 60, scopes = ['identify', 'guilds.join'] } = {}) {
    const userId = randomUUID();
    const username = `user_${userId.slice(0, 8)}`;
    const { id: discordUserId } = await discord<{ id: string }>('POST', '/sandbox/users', { username });
    const grant = await discord<{ access_token: string; refresh_token: string }>('POST', '/sandbox/oauth/grant', {
      userId: discordUserId,
      scopes,
    });
    const vault = app.nest.get(TokenVault);
    await sql.query(
      `INSERT INTO user_discord_connections (user_id, discord_user_id, discord_username, access_token, refresh_token,
         expires_at, scopes, is_verified) VALUES ($1, $2, $3, $4, $5, $6, $7, true)`,
      [
        userId,
        discordUserId,
        username,
        await vault.encrypt(userId, grant.access_token),
        await vault.encrypt(userId, grant.refresh_token),
        new Date(Date.now() + endsInMinutes * 60_000),
        scopes,
      ],
    );
    return { userId, discordUserId, accessToken: grant.access_token };
  }

  const connections = () => app.nest.get(Connections);

  async function row(userId: string) {
    const { rows } = await sql.query<Record<string, unknown>>(
      'SELECT * FROM user_discord_connections WHERE user_id = $1',
      [userId],
    );
    return rows[0];
  }

  async function refreshes(): Promise<number[]> {
    const { requests } = await discord<{ requests: { route: string; status: number }[] }>(
      'GET',
      '/sandbox/requests?since=0',
    );
    return requests.filter(({ route }) => route === '/oauth2/token').map(({ status }) => status);
  }

  it('is used as it is while it has more than five minutes to go', async () => {
    const { userId, discordUserId, accessToken } = await student();
    const expected = { kind: 'usable', discordUserId, accessToken };
    await expect(connections().accessTokenFor(userId)).resolves.toEqual(expected);
    expect(await refreshes()).toEqual([]);
  });

  it('is refreshed once when two processes, and ten callers in each, need it at the same time', async () => {
    const { userId, discordUserId, accessToken } = await student({ endsInMinutes: 4 });
    const answers = await Promise.all(
      [app, replica].flatMap(({ nest }) =>
        Array.from({ length: 10 }, () => nest.get(Connections).accessTokenFor(userId)),
      ),
    );
    expect(await refreshes()).toEqual([200]);
    const tokens = new Set(answers.map((answer) => (answer.kind === 'usable' ? answer.accessToken : answer.kind)));
    expect(tokens.size).toBe(1);
    expect(tokens).not.toContain(accessToken);
    expect(await row(userId)).toMatchObject({ discord_user_id: discordUserId, refresh_lease: null, is_verified: true });

    // What was stored is the rotated refresh token: it works for the next refresh.
    await sql.query('UPDATE user_discord_connections SET expires_at = now() WHERE user_id = $1', [userId]);
    await expect(connections().accessTokenFor(userId)).resolves.toMatchObject({ kind: 'usable' });
    expect(await refreshes()).toEqual([200, 200]);
  });

  it('is refreshed before its time when Discord has refused the token, and only then', async () => {
    const { userId, discordUserId, accessToken } = await student();
    await discord('POST', '/sandbox/oauth/expire', { userId: discordUserId });
    const answers = await Promise.all([
      connections().accessTokenFor(userId, accessToken),
      replica.nest.get(Connections).accessTokenFor(userId, accessToken),
    ]);
    expect(await refreshes()).toEqual([200]);
    const [fresh, same] = answers;
    expect(fresh).toMatchObject({ kind: 'usable', discordUserId });
    expect(same).toEqual(fresh);
    await expect(connections().accessTokenFor(userId, accessToken)).resolves.toEqual(fresh);
    expect(await refreshes()).toEqual([200]);
  });

  it('is dead once the person has taken it back: marked, tokens gone, said once in the log, and never asked about again', async () => {
    const { userId, discordUserId } = await student({ endsInMinutes: 0 });
    await discord('DELETE', `/sandbox/oauth/grants/${discordUserId}`);
    await discord('DELETE', '/sandbox/requests');
    for (let time = 0; time < 3; time++) {
      await expect(connections().accessTokenFor(userId)).resolves.toEqual({ kind: 'dead', discordUserId });
    }
    expect(await refreshes()).toEqual([400]);
    expect(await row(userId)).toMatchObject({
      discord_user_id: discordUserId,
      is_verified: false,
      access_token: null,
      refresh_token: null,
    });
    await connections().markRevoked(userId);
    const { rows } = await sql.query('SELECT action, status FROM discord_integration_logs WHERE user_id = $1', [
      userId,
    ]);
    expect(rows).toEqual([{ action: 'link', status: 'failed' }]);
  });

  it('is not thought dead because Discord is down', async () => {
    const { userId, discordUserId } = await student({ endsInMinutes: 0 });
    await discord('PUT', '/sandbox/faults', { rules: [{ route: '/oauth2/token', status: 500, times: 1 }] });
    const answer = await connections().accessTokenFor(userId);
    expect(answer).toMatchObject({ kind: 'unavailable', discordUserId });
    expect(await row(userId)).toMatchObject({ is_verified: true, refresh_lease: null });
    await expect(connections().accessTokenFor(userId)).resolves.toMatchObject({ kind: 'usable' });
  });

  it('is used to its end when it cannot be refreshed yet', async () => {
    const { userId, accessToken } = await student({ endsInMinutes: 3 });
    await discord('PUT', '/sandbox/faults', { rules: [{ route: '/oauth2/token', status: 500, times: 1 }] });
    await expect(connections().accessTokenFor(userId)).resolves.toMatchObject({ kind: 'usable', accessToken });
  });

  it('survives a process that died while refreshing: its lease ends', async () => {
    const { userId } = await student({ endsInMinutes: 0 });
    await sql.query(
      `UPDATE user_discord_connections SET refresh_lease = gen_random_uuid(), refresh_lease_until = now() + interval '1 second'
       WHERE user_id = $1`,
      [userId],
    );
    await expect(connections().accessTokenFor(userId)).resolves.toMatchObject({ kind: 'usable' });
    expect(await refreshes()).toEqual([200]);
  });

  it('is not there for those who linked nothing, or wanted to come by invite', async () => {
    await expect(connections().accessTokenFor(randomUUID())).resolves.toEqual({ kind: 'none' });
    const { userId, discordUserId } = await student({ scopes: ['identify'] });
    await expect(connections().accessTokenFor(userId)).resolves.toEqual({ kind: 'no-grant', discordUserId });
  });

  it("cannot be used from another person's row, and is kept as it is", async () => {
    const anna = await student();
    const ben = await student();
    await sql.query(
      `UPDATE user_discord_connections SET (access_token, refresh_token) =
         (SELECT access_token, refresh_token FROM user_discord_connections WHERE user_id = $1) WHERE user_id = $2`,
      [anna.userId, ben.userId],
    );
    const answer = await connections().accessTokenFor(ben.userId);
    expect(answer).toEqual({ kind: 'dead', discordUserId: ben.discordUserId });
    expect(await refreshes()).toEqual([]);
  });

  it('is not marked dead for a token that was replaced meanwhile', async () => {
    const { userId, accessToken } = await student();
    await connections().markRevoked(userId, 'an-older-token');
    expect(await row(userId)).toMatchObject({ is_verified: true });
    await connections().markRevoked(userId, accessToken);
    expect(await row(userId)).toMatchObject({ is_verified: false });
  });
});
