import { randomUUID } from 'node:crypto';
import { Client } from 'discord.js';
import { type ProcessRole } from '../../src/config/config';
import { Linking } from '../../src/auth/linking';
import { GapReporter } from '../../src/discord-bot/gap-reporter';
import { ServerEvents } from '../../src/discord-bot/server-events';
import { type Child } from '../e2e/support/child-process';
import { type GuildState } from '../e2e/support/local-discord-control';
import { Service } from '../e2e/support/service';

export const STUDENTS = 6;
/** Further students, who enroll and go as a class: enough for the brake's count of ten. */
export const CROWD = 12;
export const COURSES = 2;
export const GUILDS = 2;
/**
 * Which course may have which server: the first server is shared, the second course has two. The last is not connected
 * before a configuration moves there.
 */
export const CONFIGS = [
  { course: 0, guild: 0 },
  { course: 1, guild: 0 },
  { course: 1, guild: 1 },
  { course: 0, guild: 1 },
] as const;
export const CONNECTED = 3;

/** Longer than anything takes that is not stuck, milliseconds. */
const PATIENCE = 30_000;
/** What is due within this is waited for by moving the clock of the database; a grace, an invite or a day is not. */
const SOON = '3 minutes';
/** How long the worker waits for an answer of Discord, milliseconds: long enough for a busy machine, short enough to be met often. */
export const ANSWER_WITHIN = 1_000;

export interface Place {
  readonly guildId: string;
  readonly channelId: string;
  /** By course; and one more to change to. */
  readonly studentRoles: readonly string[];
  readonly otherRole: string;
  readonly foreignRole: string;
  readonly adminRole: string;
  /** A person with a student role whom nobody has told us of. */
  readonly bystander: string;
}

/** Everything that one history is about; fresh ids, so that no history sees another. */
export interface Cast {
  readonly adminToken: string;
  readonly instructorId: string;
  readonly ownerAccount: string;
  readonly students: readonly { readonly userId: string; readonly accounts: readonly [string, string] }[];
  readonly courseIds: readonly string[];
  readonly places: readonly Place[];
}

export interface MembershipState {
  readonly id: string;
  readonly user_id: string;
  readonly course_id: string;
  readonly guild_id: string;
  readonly status: string;
  readonly reason: string;
  readonly in_sync: boolean;
  readonly attempt: string | null;
  readonly is_member: boolean | null;
  readonly seen_discord_user_id: string | null;
  readonly ended_at: string | null;
  readonly invite_code: string | null;
  readonly removal_state: string | null;
  readonly created_at: string;
}

export interface ConfigState {
  readonly id: string;
  readonly course_id: string;
  readonly guild_id: string;
  readonly is_active: boolean;
  readonly student_role_id: string | null;
  readonly removal_policy: 'KICK' | 'REMOVE_ROLE' | 'KEEP';
  readonly removal_grace_hours: number;
  readonly drift_policy: 'REPAIR' | 'RESPECT';
  readonly auto_invite: boolean;
  readonly role_after_screening: boolean;
  readonly removals_paused: boolean;
  readonly ending_run_id: string | null;
}

/** What stands in the database and in Discord, read at one moment (as nearly as that goes). */
export interface State {
  readonly users: string[];
  readonly courses: { id: string; instructor_id: string }[];
  readonly enrolled: { user_id: string; course_id: string }[];
  readonly staff: { user_id: string; course_id: string }[];
  readonly configs: ConfigState[];
  readonly connections: { user_id: string; discord_user_id: string; scopes: string[]; is_verified: boolean }[];
  readonly memberships: MembershipState[];
  readonly paused: boolean;
  readonly guilds: GuildState[];
}

const READ = `
  SELECT
    (SELECT coalesce(json_agg(id), '[]') FROM auth.users) AS users,
    (SELECT coalesce(json_agg(json_build_object('id', id, 'instructor_id', instructor_id)), '[]') FROM courses) AS courses,
    (SELECT coalesce(json_agg(json_build_object('user_id', user_id, 'course_id', course_id)), '[]') FROM course_enrollments
       WHERE status IN ('active', 'completed') AND (expires_at IS NULL OR expires_at > now())) AS enrolled,
    (SELECT coalesce(json_agg(json_build_object('user_id', user_id, 'course_id', course_id)), '[]') FROM course_staff) AS staff,
    (SELECT coalesce(json_agg(k), '[]') FROM (SELECT id, course_id, guild_id, is_active, student_role_id, removal_policy, removal_grace_hours,
       drift_policy, auto_invite, role_after_screening, removals_paused, ending_run_id FROM discord_server_configs) k) AS configs,
    (SELECT coalesce(json_agg(json_build_object('user_id', user_id, 'discord_user_id', discord_user_id, 'scopes', scopes,
       'is_verified', is_verified)), '[]') FROM user_discord_connections) AS connections,
    (SELECT coalesce(json_agg(m), '[]') FROM (SELECT id, user_id, course_id, guild_id, status, reason, generation = observed_generation AS in_sync,
       attempt, is_member, seen_discord_user_id, ended_at, invite_code, removal_state, created_at FROM discord_memberships) m) AS memberships,
    (SELECT value = 'true'::jsonb FROM discord_settings WHERE name = 'removals_paused') AS paused`;

/** The service, a worker in a process of its own that can be killed, PostgreSQL and the local Discord: shared by all histories. */
export class World {
  private worker: Child | undefined;
  private spare: Child | undefined;
  private bellGuild = '';
  private bellRole = '';
  private ringer = '';
  private rung = 0;
  private heard = 0;
  private wasCut = false;
  /** How late something may take effect that Discord was asked for, milliseconds. */
  private late = 0;

  private constructor(readonly service: Service) {}

  static async start(): Promise<World> {
    const service = await Service.start({
      config: { roles: new Set<ProcessRole>(['api', 'bot']) },
      discordKeepsState: false,
    });
    const world = new World(service);
    world.spare = world.loadWorker();
    await world.startWorker();
    const often = { limit: 100_000, windowMs: 1_000 };
    const routes = [
      'PUT /guilds/:id/members/:id',
      'DELETE /guilds/:id/members/:id',
      'GET /guilds/:id/members/:id',
      'GET /guilds/:id/members',
      'PUT /guilds/:id/members/:id/roles/:id',
      'DELETE /guilds/:id/members/:id/roles/:id',
      'POST /channels/:id/invites',
      'GET /gateway/bot',
      'GET /guilds/:id',
      'GET /guilds/:id/channels',
      'DELETE /invites/:id',
      'POST /channels/:id/messages',
    ];
    await service.discord.limits({
      enforce: false,
      buckets: Object.fromEntries(routes.map((route) => [route, often])),
    });
    await world.hangBell();
    return world;
  }

  async close(): Promise<void> {
    await this.worker?.stop('SIGKILL');
    await this.spare?.stop('SIGKILL');
    await this.service.close();
  }

  // ── The worker ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** SIGKILL in the middle of whatever it does; then some minutes pass, and another one is started. */
  async killWorker(): Promise<void> {
    await this.worker?.stop('SIGKILL');
    await this.service.sql(
      `UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '5 minutes' WHERE locked_at IS NOT NULL`,
    );
    await this.service.sql(`UPDATE discord_guild_leases SET heartbeat_at = heartbeat_at - interval '5 minutes'`);
    await this.service.sql(
      `UPDATE user_discord_connections SET refresh_lease_until = refresh_lease_until - interval '5 minutes'`,
    );
    await this.startWorker();
  }

  private loadWorker(): Child {
    return this.service.process(
      {
        roles: new Set<ProcessRole>(['worker']),
        logLevel: 'error',
        discord: { ...this.service.config.discord, timeoutMs: ANSWER_WITHIN },
      },
      { waits: true },
    );
  }

  private async startWorker(): Promise<void> {
    const next = this.spare ?? this.loadWorker();
    next.tell('begin\n');
    this.worker = next;
    this.spare = this.loadWorker();
    await next.prints(/listening/);
  }

  get workerOutput(): string {
    return this.worker?.output ?? '';
  }

  /**
   * After a cut connection a job may be locked that no worker knows of, and a lease be held by nobody: what finds that after
   * minutes finds it now. A lease is taken for silent only when its holder, if there is one, has stopped by itself; one on a
   * student's tokens, which is for 30 seconds, after five of them.
   */
  private async minutesPass(): Promise<void> {
    await this.service.sql(
      `UPDATE discord_guild_leases SET heartbeat_at = heartbeat_at - interval '1 minute' WHERE NOT released AND heartbeat_at < now() - interval '4500 ms'`,
    );
    await this.service.sql(
      `UPDATE user_discord_connections SET refresh_lease_until = now() WHERE refresh_lease_until < now() + interval '25 s'`,
    );
    await this.service.sql(
      `SELECT graphile_worker.force_unlock_workers(array_agg(DISTINCT locked_by)) FROM graphile_worker._private_jobs WHERE locked_at < now() - interval '5 s'`,
    );
    await this.service.sql(
      `DELETE FROM graphile_worker._private_jobs WHERE key IS NULL AND attempts >= max_attempts AND locked_at IS NULL`,
    );
  }

  /** Every connection but this test's own is cut. */
  async cutDatabase(): Promise<void> {
    this.wasCut = true;
    await this.service.sql(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
  }

  /** The next calls fail like this; one that is delayed for longer than it is waited for has its effect when it is given up. */
  async discordFails(fault: object & { readonly delayMs?: number }, times: number): Promise<void> {
    this.late = Math.max(this.late, fault.delayMs ?? 0);
    await this.service.discord.faults([{ ...fault, times }]);
  }

  // ── The gateway ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Somebody far away whose changes reach the bot in one order with everything else that happens in Discord. */
  private async hangBell(): Promise<void> {
    const { discord, nest } = this.service;
    this.ringer = (await discord.createUser('ringer')).id;
    const owner = await discord.createUser('bell-owner');
    this.bellGuild = (await discord.createGuild('The bell', owner.id)).id;
    this.bellRole = (await discord.createRole(this.bellGuild, 'rung')).id;
    await discord.addBot(this.bellGuild);
    await discord.join(this.bellGuild, this.ringer);
    nest.get(Client, { strict: false }).on('GUILD_MEMBER_UPDATE' as 'raw', (member: { guild_id: string }) => {
      if (member.guild_id === this.bellGuild) this.heard += 1;
    });
  }

  /** Waits until the bot has heard and written down everything that has happened in Discord so far. */
  async heardAll(): Promise<void> {
    const until = Date.now() + PATIENCE;
    const before = this.heard;
    while (this.heard === before) {
      if (Date.now() > until) throw new Error('The bot hears nothing of Discord any more.');
      this.rung += 1;
      await this.service.discord.join(this.bellGuild, this.ringer, this.rung % 2 === 0 ? [] : [this.bellRole]);
      for (let wait = 0; wait < 20 && this.heard === before; wait += 1) await pause(5);
    }
    const events = this.service.nest.get(ServerEvents, { strict: false });
    const gaps = this.service.nest.get(GapReporter, { strict: false });
    await Promise.all(events['tails'].values());
    await gaps['reporting'];
  }

  // ── Rest ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Faults are lifted, the gateway is back, and everything is waited for that is due at once or soon: the database's clock is
   * moved where something is due within minutes. @throws Error when it does not come to rest.
   */
  async settle(): Promise<void> {
    const { discord } = this.service;
    await discord.noFaults();
    await discord.gateway(true);
    await pause(this.late);
    this.late = 0;
    const begun = Date.now();
    let quiet = false;
    for (;;) {
      await this.heardAll();
      let work = await this.work();
      if (work.busy === 0 && work.soon > 0) {
        await this.hurry();
        quiet = false;
        work = await this.work();
      }
      if (work.busy === 0 && work.soon === 0) {
        // What was done last may still echo from Discord.
        if (quiet) {
          if (this.wasCut) await this.leasesFallSilent();
          this.wasCut = false;
          return;
        }
        quiet = true;
      } else {
        quiet = false;
        if (Date.now() - begun > PATIENCE) throw new Error(`It does not come to rest: ${await this.unfinished()}`);
        if (this.wasCut && Date.now() - begun > 1_000) await this.minutesPass();
        await pause(10);
      }
    }
  }

  /** A lease that could not be given back, the connection being cut, is nobody's once it is silent: whoever has work there takes it. */
  private async leasesFallSilent(): Promise<void> {
    for (const until = Date.now() + PATIENCE; Date.now() < until;) {
      const held = await this.service.sql(
        `SELECT 1 FROM discord_guild_leases WHERE NOT released AND heartbeat_at > now() - interval '4500 ms'`,
      );
      if (held.length === 0) return;
      await pause(100);
    }
  }

  private async work(): Promise<{ busy: number; soon: number }> {
    const [row] = await this.service.sql<{ busy: number; soon: number }>(
      `SELECT (SELECT count(*)::int FROM discord_memberships m WHERE generation > observed_generation AND ${HAS_WORK}) +
              (SELECT count(*)::int FROM graphile_worker._private_jobs WHERE (run_at <= now() OR locked_at IS NOT NULL) AND attempts < max_attempts) AS busy,
              (SELECT count(*)::int FROM graphile_worker._private_jobs WHERE run_at <= now() + $1::interval AND attempts < max_attempts) +
              (SELECT count(*)::int FROM discord_memberships m WHERE due_at <= now() + $1::interval AND ${HAS_WORK}) AS soon`,
      [SOON],
    );
    return row!;
  }

  /** Some minutes pass, in which nothing else happens. */
  private async hurry(): Promise<void> {
    // What Discord had not answered has had its effect by then, or never will.
    await this.service.sql(
      `WITH locked AS (SELECT id FROM discord_memberships WHERE traces <> '[]' ORDER BY id FOR UPDATE)
       UPDATE discord_memberships m SET traces = (
         SELECT jsonb_agg(CASE WHEN t ->> 'lateUntil' IS NULL THEN t ELSE jsonb_set(t, '{lateUntil}', '0') END) FROM jsonb_array_elements(traces) t)
       FROM locked WHERE m.id = locked.id`,
    );
    await this.service.sql(
      `WITH locked AS (
         SELECT id FROM discord_memberships m WHERE due_at <= now() + '${SOON}'::interval AND ${HAS_WORK} ORDER BY id FOR UPDATE),
       due AS (
         UPDATE discord_memberships m SET due_at = now() - interval '1 ms' FROM locked WHERE m.id = locked.id RETURNING m.guild_id),
       run AS (SELECT graphile_worker.add_job('reconcile-guild', json_build_object('guildId', guild_id)) FROM (SELECT DISTINCT guild_id FROM due) d),
       jobs AS (
         UPDATE graphile_worker._private_jobs SET run_at = now() - interval '1 ms'
         WHERE locked_at IS NULL AND run_at > now() AND run_at <= now() + '${SOON}'::interval RETURNING 1)
       SELECT pg_notify('jobs:insert', '{"count": 10}'), (SELECT count(*) FROM run), (SELECT count(*) FROM jobs)`,
    );
  }

  private async unfinished(): Promise<string> {
    const jobs = await this.service.sql(
      `SELECT t.identifier, j.key, j.run_at, j.attempts, j.locked_at, j.last_error FROM graphile_worker._private_jobs j
       JOIN graphile_worker._private_tasks t ON t.id = j.task_id ORDER BY run_at LIMIT 10`,
    );
    const memberships = await this.service.sql(
      `SELECT user_id, guild_id, status, reason, attempts, attempt, due_at FROM discord_memberships WHERE generation > observed_generation OR due_at IS NOT NULL LIMIT 10`,
    );
    const guilds = await this.service.sql('SELECT guild_id, health, paused_until FROM discord_guilds');
    return `${JSON.stringify({ jobs, memberships, guilds }, null, 1)}\nThe worker said: ${this.workerOutput.slice(-4_000)}`;
  }

  /** The minute sweep. */
  async sweep(): Promise<void> {
    await this.service.sql(`SELECT graphile_worker.add_job('sweep', '{}', job_key => 'sweep')`);
  }

  /** A day passes for everything that waits for one. Discord's own clock stays, so invites live on. */
  async dayPasses(): Promise<void> {
    await this.service.sql(
      `UPDATE course_enrollments SET expires_at = expires_at - interval '25 hours' WHERE expires_at IS NOT NULL`,
    );
    await this.service.sql(
      `WITH locked AS (SELECT id FROM discord_memberships WHERE ended_at IS NOT NULL OR due_at IS NOT NULL ORDER BY id FOR UPDATE)
       UPDATE discord_memberships m SET ended_at = ended_at - interval '25 hours', removal_due_at = removal_due_at - interval '25 hours',
         due_at = CASE WHEN invite_expires_at IS NULL THEN due_at - interval '25 hours' ELSE due_at END
       FROM locked WHERE m.id = locked.id`,
    );
    await this.service.sql(`UPDATE discord_removals SET done_at = done_at - interval '25 hours'`);
    await this.sweep();
  }

  async anotherInstructor({ courseIds }: Cast): Promise<void> {
    const id = randomUUID();
    await this.service.sql('INSERT INTO auth.users (id, email) VALUES ($1, $2)', [id, `${id}@example.org`]);
    await this.service.sql('UPDATE courses SET instructor_id = $2 WHERE id = ANY($1)', [courseIds, id]);
    await this.service.sql('UPDATE discord_server_configs SET instructor_id = $1', [id]);
  }

  async read(cast: Cast): Promise<State> {
    const [rows, guilds] = await Promise.all([
      this.service.sql<Omit<State, 'guilds'>>(READ),
      this.service.discord.guilds(cast.places.map(({ guildId }) => guildId)),
    ]);
    return { ...rows[0]!, guilds };
  }

  // ── A history's beginning ──────────────────────────────────────────────────────────────────────────────────────────

  /** An empty platform, and two servers in which nobody is yet. */
  async begin(): Promise<Cast> {
    await this.empty();
    const { service } = this;
    const { discord } = service;
    const accounts = await discord.createUsers(2 * (STUDENTS + CROWD) + 1 + GUILDS);
    const ownerAccount = accounts.pop()!;
    const students = Array.from({ length: STUDENTS + CROWD }, (_, index) => ({
      userId: randomUUID(),
      accounts: [accounts[2 * index]!, accounts[2 * index + 1]!] as const,
    }));
    const places = await Promise.all(
      Array.from({ length: GUILDS }, (_, index) => this.place(ownerAccount, accounts.at(-1 - index)!)),
    );
    const instructorId = randomUUID();
    const adminId = randomUUID();
    const courseIds = Array.from({ length: COURSES }, () => randomUUID());
    await service.sql(`INSERT INTO auth.users (id, email) SELECT u, u || '@example.org' FROM unnest($1::uuid[]) u`, [
      [instructorId, adminId, ...students.map(({ userId }) => userId)],
    ]);
    await service.sql(
      `INSERT INTO courses (id, title, instructor_id) SELECT c, 'Course', $2 FROM unnest($1::uuid[]) c`,
      [courseIds, instructorId],
    );
    await service.sql(
      `INSERT INTO discord_server_configs (id, course_id, course_title, instructor_id, guild_id, guild_name, invite_channel_id, student_role_id)
       SELECT id, course_id, 'Course', $2, guild_id, 'Server', channel_id, role_id
       FROM jsonb_to_recordset($1) AS c(id uuid, course_id uuid, guild_id text, channel_id text, role_id text)`,
      [
        JSON.stringify(
          CONFIGS.slice(0, CONNECTED).map(({ course, guild }) => ({
            id: randomUUID(),
            course_id: courseIds[course],
            guild_id: places[guild]!.guildId,
            channel_id: places[guild]!.channelId,
            role_id: places[guild]!.studentRoles[course],
          })),
        ),
        instructorId,
      ],
    );
    return {
      adminToken: await service.token(adminId, 'admin'),
      instructorId,
      ownerAccount,
      students,
      courseIds,
      places,
    };
  }

  private async place(ownerAccount: string, bystander: string): Promise<Place> {
    const { discord } = this.service;
    const guild = await discord.createGuild('Server', ownerAccount);
    const role = async (name: string, permissions = '0') =>
      (await discord.createRole(guild.id, name, { permissions })).id;
    const [student1, student2, otherRole, foreignRole, adminRole] = await Promise.all([
      role('student 1'),
      role('student 2'),
      role('other'),
      role('foreign'),
      role('admin', '8'),
    ]);
    const studentRoles = [student1, student2];
    const { generalChannelId: channelId } = guild;
    const place = { guildId: guild.id, channelId, studentRoles, otherRole, foreignRole, adminRole, bystander };
    await discord.addBot(guild.id);
    await discord.join(guild.id, bystander, [studentRoles[0]!, place.foreignRole]);
    return place;
  }

  /** Links as the callback does once Discord has told who the person is. @throws DomainError CONFLICT */
  async link(userId: string, account: string, autoJoin = true): Promise<void> {
    const scopes = autoJoin ? ['identify', 'guilds.join'] : ['identify'];
    const grant = await this.service.discord.grant(account, scopes);
    await this.service.nest.get(Linking, { strict: false }).connect(
      userId,
      { id: account, username: `person-${account}`, discriminator: null, globalName: null, avatarUrl: null },
      {
        accessToken: grant.access_token,
        refreshToken: grant.refresh_token,
        expiresAt: new Date(Date.now() + grant.expires_in * 1_000),
        scopes,
      },
    );
  }

  /** Nothing of the last history is left, whatever became of it. */
  private async empty(): Promise<void> {
    const { service } = this;
    await service.discord.noFaults();
    await service.discord.gateway(true);
    const guilds = await service.sql<{ guild_id: string }>(
      'SELECT DISTINCT guild_id FROM discord_server_configs UNION SELECT guild_id FROM discord_guilds',
    );
    await service.sql('DELETE FROM discord_server_configs');
    for (const { guild_id } of guilds) await service.discord.removeBot(guild_id).catch(() => undefined);
    await this.heardAll();
    for (const until = Date.now() + PATIENCE; ;) {
      await service.sql('DELETE FROM graphile_worker._private_jobs WHERE locked_at IS NULL');
      const locked = await service.sql('SELECT 1 FROM graphile_worker._private_jobs');
      if (locked.length === 0) break;
      if (Date.now() > until) throw new Error(`A job does not end: ${await this.unfinished()}`);
      await pause(10);
    }
    // A job that a dead worker had begun may still hold a lock, and wait for another one.
    await insist(() =>
      service.sql(
        `TRUNCATE discord_server_configs, course_enrollments, courses, course_staff, auth.users, discord_memberships, discord_guilds, user_discord_connections,
         discord_sync_runs, discord_removals, discord_welcomes, discord_guild_leases, discord_open_invites, discord_unlinked_accounts, discord_integration_logs, discord_log_sequence`,
      ),
    );
    await service.sql(`UPDATE discord_settings SET value = 'false' WHERE name = 'removals_paused'`);
    await service.sql('DELETE FROM graphile_worker._private_jobs WHERE locked_at IS NULL');
  }
}

/** In a server whose work waits (the bot is away, a permission is missing) nothing is done, rightly. */
const HAS_WORK = `NOT EXISTS (SELECT FROM discord_guilds g WHERE g.guild_id = m.guild_id AND g.paused_until > now())`;

/** Again, when PostgreSQL has ended it in favour of somebody else. */
async function insist(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01' || attempt === 10) throw error;
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
