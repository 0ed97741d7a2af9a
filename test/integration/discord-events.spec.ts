import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { Client } from 'pg';
import { DiscordBotModule } from '../../src/discord-bot/discord-bot.module';
import { GatewayState } from '../../src/discord-bot/gateway/gateway-state';
import { type MigratedDatabase, migratedDatabase } from '../support/migrated-database';
import { type Local, startLocal } from '../sandbox/local';
import { type AuthApp, configFor, startAuthApp } from './auth-app';

interface Row {
  readonly is_member: boolean | null;
  readonly seen_roles: string[] | null;
  readonly left_by_choice: boolean;
  readonly removed_by_staff: boolean;
}

@Module({ imports: [DiscordBotModule.register()] })
class Bot {}

describe("What Discord's gateway tells", () => {
  let local: Local;
  let database: MigratedDatabase;
  let sql: Client;
  let app: AuthApp;
  let guild: Awaited<ReturnType<Local['server']>>;
  const courseId = randomUUID();

  /** A student of the course with this Discord account, about whom nothing is known yet. */
  const student = async (username: string, more: { joined?: boolean } = {}) => {
    const discordId = await local.person(username);
    await sql.query(
      `INSERT INTO discord_memberships (user_id, course_id, guild_id, discord_user_id, acted_discord_user_id, status, is_member)
       VALUES ($1, $2, $3, $4, $4, $5, $6)`,
      [randomUUID(), courseId, guild.id, discordId, more.joined === true ? 'joined' : 'pending', more.joined ?? null],
    );
    if (more.joined === true) await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${discordId}`, {});
    return discordId;
  };
  const seen = async (discordId: string) => {
    const { rows } = await sql.query<Row>('SELECT * FROM discord_memberships WHERE discord_user_id = $1', [discordId]);
    return rows[0]!;
  };
  const until = async (what: string, holds: () => Promise<boolean>) => {
    const giveUpAt = Date.now() + 10_000;
    while (!(await holds())) {
      if (Date.now() > giveUpAt) throw new Error(`It did not happen that ${what}.`);
      await delay(20);
    }
  };
  const jobs = async (task: string) =>
    (await sql.query('SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = $1', [task])).rowCount ?? 0;
  const member = (id: string) => `/sandbox/guilds/${guild.id}/members/${id}`;
  const kick = (id: string) => local.bot('DELETE', `/guilds/${guild.id}/members/${id}`);

  beforeAll(async () => {
    [local, database] = await Promise.all([startLocal(), migratedDatabase()]);
    guild = await local.server();
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    await sql.query(
      `INSERT INTO discord_server_configs (course_id, instructor_id, guild_id, guild_name) VALUES ($1, $2, $3, 'Algebra')`,
      [courseId, randomUUID(), guild.id],
    );
    await student('ivy', { joined: true });
    app = await startAuthApp(configFor(database.logins, local.url, { roles: new Set(['bot']) }), [Bot]);
    await until('the bot is connected', () => Promise.resolve(app.nest.get(GatewayState, { strict: false }).connected));
  });

  afterAll(async () => {
    await app.close();
    await sql.end();
    await local.close();
    await database.drop();
  });

  it('is compared in full when a new session begins', async () => {
    await until('a comparison is asked for', async () => (await jobs('reconcile-guild')) > 0);
  });

  it('a student who joins is seen with their roles', async () => {
    const ada = await student('ada');
    const role = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/roles`, { name: 'Student' });
    await local.control('PUT', member(ada), {});
    await until('the join is seen', async () => (await seen(ada)).is_member === true);
    await local.control('PUT', member(ada), { roles: [role.id] });
    await until('the role is seen', async () => (await seen(ada)).seen_roles?.includes(role.id) === true);
  });

  it('a student who leaves has left by choice', async () => {
    const grace = await student('grace', { joined: true });
    await local.control('DELETE', member(grace));
    await until('the leave is seen', async () => (await seen(grace)).is_member === false);
    expect(await seen(grace)).toMatchObject({ left_by_choice: true, removed_by_staff: false });
  });

  it('a student whom a moderator bans was removed by staff', async () => {
    const mallory = await student('mallory', { joined: true });
    await local.control('PUT', `/sandbox/guilds/${guild.id}/bans/${mallory}`);
    await until('the ban is seen', async () => (await seen(mallory)).removed_by_staff);
    expect(await seen(mallory)).toMatchObject({ is_member: false, left_by_choice: false });
  });

  it('a student whom the bot removed was not removed by a moderator', async () => {
    const alan = await student('alan', { joined: true });
    await kick(alan);
    await until('the removal is seen', async () => (await seen(alan)).is_member === false);
    await delay(200);
    expect(await seen(alan)).toMatchObject({ removed_by_staff: false });
  });

  it('a student who comes and goes in a moment ends as gone', async () => {
    const kurt = await student('kurt');
    for (let n = 0; n < 5; n += 1) {
      await local.control('PUT', member(kurt), {});
      await local.control('DELETE', member(kurt));
    }
    const emmy = await student('emmy');
    await local.control('PUT', member(emmy), {});
    await until('what came later is seen', async () => (await seen(emmy)).is_member === true);
    expect(await seen(kurt)).toMatchObject({ is_member: false });
  });

  it("a change of the bot's own permissions has the server checked again", async () => {
    await sql.query(`DELETE FROM graphile_worker._private_jobs`);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/bot`, { permissions: '0' });
    await until('the check is asked for', async () => (await jobs('recheck-server')) > 0);
  });

  it('what could not be recorded is found by a comparison', async () => {
    const ada = await student('another');
    await sql.query('DELETE FROM graphile_worker._private_jobs');
    await sql.query('ALTER TABLE discord_memberships RENAME TO out_of_reach');
    await local.control('PUT', member(ada), {});
    await delay(300);
    await sql.query('ALTER TABLE out_of_reach RENAME TO discord_memberships');
    await until('a comparison is asked for', async () => (await jobs('reconcile-guild')) > 0);
  });

  it('the bot being removed has the server checked again', async () => {
    await sql.query('DELETE FROM graphile_worker._private_jobs');
    await local.control('DELETE', `/sandbox/guilds/${guild.id}/bot`);
    await until('the check is asked for', async () => (await jobs('recheck-server')) > 0);
  });
});
