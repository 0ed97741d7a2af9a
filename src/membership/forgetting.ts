import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Caller } from '../common/caller';
import { Linking } from '../auth/linking';
import { CONFIG, type Config } from '../config/config';
import { Database } from '../database/database';
import { JobHandler } from '../jobs/job-handler';

export const FORGET_ACCOUNTS = 'forget-accounts';

/** How long the id of an account that is not linked any more is kept at the most, to end its access on Discord. */
const AT_MOST = '7 days';

/** For so long after what was told of an enrollment, something older may still arrive, which must not count. */
const LATEST_ARRIVAL = '7 days';

/** Accounts on which calls of ours may have left something. */
const TRACED = `SELECT t ->> 'account' FROM jsonb_array_elements(m.traces) t`;

/** How many people are forgotten at once because of their time; the next minute goes on. */
const FORGOTTEN_AT_ONCE = 200;

/** A membership is still to be brought to an end on the account. */
const NEEDS = (account: string) =>
  `(${account} IN (m.acted_discord_user_id, m.attempt_discord_user_id) OR ${account} IN (${TRACED}))`;
/** Where a membership holds an account's id. */
const HOLDS = (account: string) =>
  `(${account} IN (m.discord_user_id, m.attempt_discord_user_id, m.seen_discord_user_id) OR ${NEEDS(account)})`;

/** What is kept of people also where there is no server, and when it last concerned somebody who was enrolled. */
const TRACES = `SELECT u.user_id, greatest(u.created_at, u.enrolled_at) FROM user_discord_connections u
  UNION ALL SELECT v.user_id, v.enrolled_at FROM discord_link_visits v
  UNION ALL SELECT s.user_id, greatest(s.changed_at, s.enrolled_at) FROM discord_user_settings s
  UNION ALL SELECT n.user_id, n.occurred_at FROM discord_enrollment_events n`;

/** What is kept of people, shown to them and erased: at once where nothing of ours on Discord depends on it, else as soon as that is undone. */
@Injectable()
export class Forgetting {
  constructor(
    private readonly database: Database,
    private readonly linking: Linking,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Everything that is kept about the caller, but for secrets. */
  async dataOf(caller: Caller): Promise<unknown> {
    const [row] = await this.database.readAs(caller, (manager) =>
      manager.query<{ data: unknown }[]>(
        `SELECT discord_my_data() || jsonb_build_object(
           'settings', (SELECT to_jsonb(s) FROM discord_user_settings s WHERE s.user_id = auth.uid()),
           'link_visits', (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v.first_clicked_at), '[]')
             FROM discord_link_visits v WHERE v.user_id = auth.uid()),
           'enrollment_events', (SELECT coalesce(jsonb_agg(to_jsonb(n) ORDER BY n.occurred_at, n.course_id), '[]')
             FROM discord_enrollment_events n WHERE n.user_id = auth.uid()),
           'active_days', (SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY d.day, d.guild_id), '[]')
             FROM discord_active_days d WHERE d.user_id = auth.uid())) AS data`,
      ),
    );
    return row?.data ?? null;
  }

  /**
   * Erases what identifies the caller on Discord: connection, tokens and what the log says of it at once; the account's id
   * in memberships once its access there has ended, and after seven days in any case.
   * @returns whether there was anything.
   */
  erase(caller: Caller): Promise<boolean> {
    const { userId } = caller;
    return this.database.write(async (manager) => {
      const wasLinked = await this.linking.disconnectIn(manager, userId, userId);
      return (await this.eraseAll(manager, userId)) || wasLinked;
    });
  }

  /**
   * Whom the platform has deleted: their tokens are revoked at once. Their account stays known until their access has ended
   * by policy and brake, as everybody's does, so that a mistake over there removes nobody; then it goes.
   */
  async deletedUsers(ids: readonly string[]): Promise<void> {
    await this.database.work(async (manager) => {
      const deleted = await manager.query<{ userId: string; needed: boolean }[]>(
        `SELECT u.user_id AS "userId", EXISTS (SELECT FROM discord_memberships m WHERE m.user_id = u.user_id
             AND (m.acted_discord_user_id IS NOT NULL OR m.attempt_discord_user_id IS NOT NULL OR m.traces <> '[]')) AS needed
         FROM user_discord_connections u
         WHERE u.user_id = ANY($1::uuid[]) AND NOT EXISTS (SELECT FROM discord_users p WHERE p.id = u.user_id)
         ORDER BY u.user_id`,
        [ids],
      );
      for (const { userId, needed } of deleted) {
        await this.linking.giveUpTokens(manager, userId);
        if (!needed && (await this.linking.disconnectIn(manager, userId, null))) await this.eraseAll(manager, userId);
      }
    });
  }

  /** Whatever need not be known any longer; and whom the platform has deleted without our hearing of it. */
  @JobHandler(FORGET_ACCOUNTS)
  async sweep(): Promise<void> {
    const deleted = await this.database.query<{ userId: string }>(
      `SELECT u.user_id AS "userId" FROM user_discord_connections u
       WHERE NOT EXISTS (SELECT FROM discord_users p WHERE p.id = u.user_id)
         -- A roster that reads empty deletes nobody.
         AND EXISTS (SELECT FROM discord_users)`,
    );
    if (deleted.length > 0) await this.deletedUsers(deleted.map(({ userId }) => userId));
    await this.rememberEnrolled();
    await this.forgetFormerStudents();
    await this.forgetUnlinked();
    await this.database.query('SELECT discord_drop_revocations()');
  }

  /** Of whom something is kept although no membership tells when the last enrollment ended: twice a day, while it lasts. */
  private async rememberEnrolled(): Promise<void> {
    for (const table of ['user_discord_connections', 'discord_user_settings'])
      await this.database.query(
        `UPDATE ${table} t SET enrolled_at = now() WHERE t.enrolled_at < now() - interval '12 hours'
           AND EXISTS (SELECT FROM discord_enrollments e WHERE e.user_id = t.user_id AND e.active)`,
      );
  }

  /**
   * Whoever's enrollments have all ended long ago, or who linked an account, pressed a link or chose something long ago and
   * is not enrolled. Not who teaches, nor who is still in a server by us: a removal that is held, or was cancelled, may still
   * be decided about.
   */
  private async forgetFormerStudents(): Promise<void> {
    await this.database.work(async (manager) => {
      const former = await manager.query<{ userId: string }[]>(
        `SELECT p.user_id AS "userId" FROM (
           SELECT m.user_id FROM discord_memberships m WHERE m.ended_at < now() - $1 * interval '1 day' AND (num_nonnulls(
             m.discord_user_id, m.acted_discord_user_id, m.attempt_discord_user_id, m.seen_discord_user_id) > 0 OR m.traces <> '[]')
           UNION
           SELECT t.user_id FROM (${TRACES}) t(user_id, at) WHERE t.at < now() - $1 * interval '1 day') p
         WHERE NOT EXISTS (SELECT FROM discord_enrollments e WHERE e.user_id = p.user_id AND e.active)
           AND NOT EXISTS (SELECT FROM discord_memberships m WHERE m.user_id = p.user_id
             AND (m.status = 'joined' OR m.ended_at IS NULL OR m.ended_at >= now() - $1 * interval '1 day'))
           AND NOT EXISTS (SELECT FROM (${TRACES}) t(user_id, at) WHERE t.user_id = p.user_id AND t.at >= now() - $1 * interval '1 day')
           AND NOT EXISTS (SELECT FROM courses c WHERE c.instructor_id = p.user_id)
           AND NOT EXISTS (SELECT FROM course_staff s WHERE s.user_id = p.user_id)
           AND NOT EXISTS (SELECT FROM discord_server_configs k WHERE k.instructor_id = p.user_id)
           AND NOT EXISTS (SELECT FROM discord_users d WHERE d.id = p.user_id AND d.role <> 'student')
           AND NOT EXISTS (SELECT FROM discord_unlinked_accounts a WHERE a.user_id = p.user_id AND a.from_log)
           -- A roster that reads empty ends nobody's.
           AND EXISTS (SELECT FROM discord_enrollments e WHERE e.active)
         ORDER BY 1 LIMIT $2`,
        [this.config.personRetentionDays, FORGOTTEN_AT_ONCE],
      );
      for (const { userId } of former) {
        await this.linking.disconnectIn(manager, userId, null);
        await this.eraseAll(manager, userId);
      }
    });
  }

  private async forgetUnlinked(): Promise<void> {
    await this.database.work(async (manager) => {
      // Needed: to end what we did for it, as long as that may take. A worker who has the membership in hand writes the id once
      // more, so that an account counts as forgotten only when it is found nowhere.
      const accounts = await manager.query<
        { userId: string; account: string; fromLog: boolean; isOver: boolean; isHeld: boolean; isNeeded: boolean }[]
      >(
        `SELECT a.user_id AS "userId", a.discord_user_id AS account, a.from_log AS "fromLog", a.unlinked_at < now() - $1::interval AS "isOver",
           EXISTS (SELECT FROM discord_memberships m WHERE m.user_id = a.user_id AND ${HOLDS('a.discord_user_id')}) AS "isHeld",
           EXISTS (SELECT FROM discord_memberships m WHERE m.user_id = a.user_id
             AND ${NEEDS('a.discord_user_id')}) AS "isNeeded"
         FROM discord_unlinked_accounts a ORDER BY a.user_id, a.discord_user_id FOR UPDATE OF a SKIP LOCKED`,
        [AT_MOST],
      );
      const ending = accounts.filter(({ isHeld, isNeeded, isOver }) => isHeld && (isOver || !isNeeded));
      for (const { userId, account } of ending) {
        const [held] = await manager.query<[{ id: string }[], number]>(
          `UPDATE discord_memberships m SET discord_user_id = nullif(m.discord_user_id, $2), seen_discord_user_id = nullif(m.seen_discord_user_id, $2),
             is_member = CASE WHEN m.seen_discord_user_id = $2 THEN NULL ELSE m.is_member END,
             attempt = CASE WHEN m.attempt_discord_user_id = $2 THEN NULL ELSE m.attempt END, attempt_discord_user_id = nullif(m.attempt_discord_user_id, $2),
             granted_role_id = CASE WHEN m.acted_discord_user_id = $2 THEN NULL ELSE m.granted_role_id END,
             brought_in_by_us = m.brought_in_by_us AND m.acted_discord_user_id IS DISTINCT FROM $2,
             acted_discord_user_id = nullif(m.acted_discord_user_id, $2),
             traces = (SELECT coalesce(jsonb_agg(t), '[]') FROM jsonb_array_elements(m.traces) t WHERE t ->> 'account' <> $2)
           FROM (SELECT id FROM discord_memberships m WHERE m.user_id = $1 AND ${HOLDS('$2')} ORDER BY id FOR UPDATE) l
           WHERE m.id = l.id RETURNING m.id`,
          [userId, account],
        );
        await manager.query('SELECT discord_append_mark($1::jsonb)', [
          JSON.stringify({ memberships: held.map(({ id }) => id) }),
        ]);
      }
      for (const { userId, account, fromLog } of accounts.filter(({ isHeld }) => !isHeld)) {
        if (fromLog) await this.eraseFromLog(manager, userId, [account]);
        await manager.query('DELETE FROM discord_unlinked_accounts WHERE user_id = $1 AND discord_user_id = $2', [
          userId,
          account,
        ]);
      }
    });
  }

  /** @returns whether there was anything. */
  private async eraseAll(manager: EntityManager, userId: string): Promise<boolean> {
    const accounts = await manager.query<{ account: string }[]>(
      `INSERT INTO discord_unlinked_accounts (user_id, discord_user_id, from_log)
         SELECT DISTINCT $1::uuid, a.account, true FROM (
           SELECT u.discord_user_id FROM discord_unlinked_accounts u WHERE u.user_id = $1
           UNION
           SELECT h.account FROM discord_memberships m,
             LATERAL (SELECT unnest(ARRAY[m.discord_user_id, m.acted_discord_user_id, m.attempt_discord_user_id, m.seen_discord_user_id])
               UNION ALL ${TRACED}) h(account)
           WHERE m.user_id = $1) a(account)
         WHERE a.account IS NOT NULL
         ON CONFLICT (user_id, discord_user_id) DO UPDATE SET from_log = true
         RETURNING discord_user_id AS account`,
      [userId],
    );
    await manager.query('DELETE FROM discord_link_states WHERE user_id = $1', [userId]);
    const [traces] = await manager.query<{ count: number }[]>(
      `WITH visits AS (DELETE FROM discord_link_visits WHERE user_id = $1 RETURNING 1),
         settings AS (DELETE FROM discord_user_settings WHERE user_id = $1 RETURNING 1),
         days AS (DELETE FROM discord_active_days WHERE user_id = $1 RETURNING 1),
         events AS (DELETE FROM discord_enrollment_events WHERE user_id = $1 AND occurred_at < now() - $2::interval RETURNING 1)
       SELECT count(*)::int AS count FROM (TABLE visits UNION ALL TABLE settings UNION ALL TABLE days UNION ALL TABLE events) erased`,
      [userId, LATEST_ARRIVAL],
    );
    const entries = await this.eraseFromLog(
      manager,
      userId,
      accounts.map(({ account }) => account),
    );
    return accounts.length > 0 || entries > 0 || (traces?.count ?? 0) > 0;
  }

  private async eraseFromLog(manager: EntityManager, userId: string, accounts: readonly string[]): Promise<number> {
    const [row] = await manager.query<{ count: number }[]>('SELECT discord_erase_from_log($1, $2)::int AS count', [
      userId,
      accounts,
    ]);
    return row?.count ?? 0;
  }
}
