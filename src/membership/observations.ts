import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { Database } from '../database/database';
import { JobQueue } from '../jobs/job-queue';
import { GuildQueue } from './guild-queue';
import { Marker } from './mark';
import { grantedInStay } from './stay.policy';

/** A member as the gateway shows them. */
export interface SeenMember {
  readonly guildId: string;
  readonly userId: string;
  readonly roles: readonly string[];
  readonly joinedAt: Date | null;
  readonly pending: boolean;
}

/** The job that asks for a server's invites which anybody could have used. */
export const CHECK_OPEN_INVITES = 'check-open-invites';

/** A server that changed is checked after this, milliseconds: changes come in bunches. */
const RECHECK_AFTER = 2_000;
/** The invite's deletion and its user's arrival come in any order, within this, milliseconds. */
const INVITE_USED_WITHIN = 5_000;

/** Of whom it is told that they have used somebody else's invite, one of the last is enough. */
const MAX_ARRIVALS = 20;

/** Whether an account is neither the invited student's (of the membership m) nor somebody's who came by an invite of their own. */
const IS_STRANGER = (account: string) => `NOT EXISTS (
  SELECT FROM user_discord_connections u WHERE u.discord_user_id = ${account} AND (u.user_id = m.user_id OR EXISTS (
    SELECT FROM discord_memberships o WHERE o.user_id = u.user_id AND o.guild_id = m.guild_id AND o.invite_code <> m.invite_code)))`;

/**
 * Memberships in a server that concern an account ($2): linked now, acted on before, or being acted on. Whether they are
 * about it now (`is_current`: not once somebody else has linked it), and whether what is known of presence is of this
 * account (`tracks`): of somebody who has exchanged accounts, the former one's going says nothing of the one linked now.
 */
const CONCERNED = `
  concerned AS (
    SELECT m.id, (CASE WHEN u.user_id IS NULL AND holder.user_id IS NULL THEN m.acted_discord_user_id ELSE u.discord_user_id END = $2) IS TRUE AS is_current
    FROM discord_memberships m LEFT JOIN user_discord_connections u ON u.user_id = m.user_id
      LEFT JOIN user_discord_connections holder ON holder.discord_user_id = $2
    WHERE m.guild_id = $1 AND (m.acted_discord_user_id = $2 OR m.discord_user_id = $2 OR m.attempt_discord_user_id = $2
      OR m.user_id = (SELECT user_id FROM user_discord_connections WHERE discord_user_id = $2))
    ORDER BY m.id FOR UPDATE OF m
  ), before AS (
    SELECT m.*, c.is_current, c.is_current OR m.seen_discord_user_id IS NULL OR m.seen_discord_user_id = $2 AS tracks
    FROM discord_memberships m JOIN concerned c USING (id)
  )`;

/** Of the membership b: we are about to kick the account. */
const IS_KICKED = `((b.attempt = 'kick' AND b.attempt_discord_user_id = $2) IS TRUE)`;

/** A kick of ours that was not answered may be what is told now, as long as it may still have its effect. */
const MAY_BE_OURS = `EXISTS (SELECT FROM jsonb_array_elements(b.traces) t WHERE t ->> 'account' = $2 AND t ->> 'taking' = 'person'
  AND (t ->> 'lateUntil')::numeric > extract(epoch FROM now()) * 1000)`;

/**
 * What the gateway tells of Discord. An observation is written down, and marks a membership only where it disagrees with
 * what we know: the echo of our own doing marks nobody.
 */
@Injectable()
export class Observations {
  /** Who has just come into a server, by the server; whoever hears of an invite's end has heard of its user too. */
  private readonly arrivals = new Map<string, { readonly userId: string; readonly at: number }[]>();

  constructor(
    private readonly database: Database,
    private readonly marker: Marker,
    private readonly jobs: JobQueue,
    private readonly queue: GuildQueue,
    private readonly log: AuditLog,
  ) {}

  /** GUILD_MEMBER_ADD: by an invite that was somebody else's, perhaps. */
  async memberArrived(member: SeenMember): Promise<void> {
    await this.memberSeen(member);
    const { guildId, userId } = member;
    await this.formerArrived(guildId, userId);
    this.arrivals.set(guildId, [...this.recentArrivals(guildId), { userId, at: Date.now() }].slice(-MAX_ARRIVALS));
    await this.database.query(
      // Gone a moment ago: nobody has looked at it yet.
      `WITH used AS (
         UPDATE discord_memberships m SET invite_used_by = $2
         WHERE m.guild_id = $1 AND m.status = 'invited' AND m.invite_expires_at <= now() AND m.due_at > now()
           AND m.invite_used_by IS NULL AND m.is_member IS NOT TRUE AND ${IS_STRANGER('$2')})
       SELECT 1`,
      [guildId, userId],
    );
    await this.database.work(async (manager) => {
      const open = await manager.query<unknown[]>(
        'SELECT 1 FROM discord_open_invites WHERE guild_id = $1 AND expires_at > now() LIMIT 1',
        [guildId],
      );
      if (open.length > 0) await this.jobs.enqueue(manager, CHECK_OPEN_INVITES, { guildId, userId });
    });
  }

  /** By a call of ours that was late, or by an invite that could not be taken back, of somebody who has another account by now. */
  private async formerArrived(guildId: string, account: string): Promise<void> {
    await this.database.work(async (manager) => {
      const former = await manager.query<{ id: string }[]>(
        `SELECT m.id FROM discord_memberships m WHERE m.guild_id = $1
           AND (m.acted_discord_user_id = $2 OR (m.traces <> '[]' AND m.traces @> jsonb_build_array(jsonb_build_object('account', $2::text))))
           AND NOT EXISTS (SELECT FROM user_discord_connections u WHERE u.user_id = m.user_id AND u.discord_user_id = $2)`,
        [guildId, account],
      );
      if (former.length > 0) await this.marker.markIn(manager, { memberships: former.map(({ id }) => id) });
    });
  }

  /** GUILD_MEMBER_UPDATE. */
  async memberSeen(member: SeenMember): Promise<void> {
    await this.database.work(async (manager) => {
      const [changed] = await manager.query<[{ id: string }[], number]>(
        `WITH ${CONCERNED}
         UPDATE discord_memberships m SET
           is_member = true, seen_roles = $3::text[], seen_joined_at = coalesce($4::timestamptz, m.seen_joined_at), seen_pending = $5,
           seen_at = clock_timestamp(), seen_discord_user_id = $2,
           -- Gone with a stay of whose end nobody has told, and by nobody's taking.
           granted_role_id = ${grantedInStay('$2', '$4::timestamptz', '$3::text[]')},
           -- Whoever left and is here again came back by their own will.
           left_by_choice = m.left_by_choice AND NOT b.is_current
         FROM before b WHERE m.id = b.id AND b.tracks
         RETURNING m.id,
           (b.is_current OR b.attempt IS NULL)
           -- Of an attempt in flight it is the echo; if it is not, whoever writes its outcome finds that what was seen differs.
           AND (b.attempt IN ('add', 'grant-role', 'revoke-role') AND b.attempt_discord_user_id = $2) IS NOT TRUE
           AND (b.is_member IS NOT TRUE OR b.seen_discord_user_id IS DISTINCT FROM $2 OR b.seen_pending <> $5
                OR NOT (b.seen_roles @> $3::text[] AND b.seen_roles <@ $3::text[])) AS disagrees`,
        [member.guildId, member.userId, member.roles, member.joinedAt, member.pending],
      );
      await this.markThose(manager, changed);
    });
  }

  /** GUILD_MEMBER_REMOVE: a leave, a kick and a ban look the same here. */
  async memberGone(member: { readonly guildId: string; readonly userId: string }): Promise<void> {
    await this.database.work(async (manager) => {
      const [changed] = await manager.query<[{ id: string }[], number]>(
        `WITH ${CONCERNED}, gone AS (
           SELECT b.*, b.is_current AND NOT ${IS_KICKED} AND NOT ${MAY_BE_OURS}
             AND (b.status = 'joined' OR (b.status <> 'removed' AND b.attempt IN ('add', 'grant-role') AND b.attempt_discord_user_id = $2 AND b.is_member)) IS TRUE AS left_now
           FROM before b
         )
         UPDATE discord_memberships m SET
           is_member = false, seen_roles = NULL, seen_joined_at = NULL, seen_pending = false,
           seen_at = clock_timestamp(), seen_discord_user_id = $2,
           -- With a removal of ours in flight this is its echo, and so is the absence of somebody whom we have removed.
           left_by_choice = m.left_by_choice OR b.left_now,
           -- Gone with them, and by nobody's taking: it is given again to whoever comes back before we have looked.
           granted_role_id = CASE WHEN b.left_now AND m.acted_discord_user_id = $2 THEN NULL ELSE m.granted_role_id END,
           requested = m.requested AND NOT b.left_now
         FROM gone b WHERE m.id = b.id AND b.tracks
         RETURNING m.id, (b.is_current OR b.attempt IS NULL) AND b.is_member IS NOT FALSE AND NOT ${IS_KICKED} AS disagrees`,
        [member.guildId, member.userId],
      );
      await this.markThose(manager, changed);
    });
  }

  /**
   * A moderator, not we, removed the person: only staff brings them back, also of a course whose enrollment is over by now.
   * That it was a ban is told twice: first without, then (by the audit log, as a kick) with who did it.
   *
   * The audit log may come late. Whom staff has invited since, and who is not in by that invitation, is to be brought back;
   * and what was seen since stands.
   */
  async memberRemovedByModerator(removal: {
    readonly guildId: string;
    readonly userId: string;
    readonly moderatorId: string | null;
    readonly kind: 'kick' | 'ban';
    /** Null: it is not told, as of something that has just happened. */
    readonly at: Date | null;
  }): Promise<void> {
    const { guildId, userId, moderatorId, kind, at } = removal;
    await this.database.work(async (manager) => {
      const [changed] = await manager.query<
        [
          {
            id: string;
            userId: string;
            courseId: string;
            isLifted: boolean;
            actorId: string | null;
            disagrees: boolean;
          }[],
          number,
        ]
      >(
        `WITH ${CONCERNED}, judged AS (
           SELECT b.*, coalesce(b.staff_invited_at > $5::timestamptz, false) AS lifted, coalesce(b.seen_at > $5, false) AS seen_since FROM before b
         )
         UPDATE discord_memberships m SET removed_by_staff = m.removed_by_staff OR NOT b.lifted,
           removed_by_moderator = m.removed_by_moderator OR NOT b.lifted, banned = m.banned OR ($3 AND NOT b.lifted),
           left_by_choice = false, requested = b.lifted,
           is_member = b.is_member AND b.seen_since, seen_roles = CASE WHEN b.seen_since THEN m.seen_roles END,
           seen_at = clock_timestamp(), seen_discord_user_id = $2
         FROM judged b WHERE m.id = b.id AND b.is_current AND NOT (b.lifted AND coalesce(b.joined_at > b.staff_invited_at, false))
         RETURNING m.id, m.user_id AS "userId", m.course_id AS "courseId", b.lifted AS "isLifted",
           (SELECT u.user_id FROM user_discord_connections u WHERE u.discord_user_id = $4) AS "actorId",
           NOT b.removed_by_moderator OR m.banned <> b.banned OR b.is_member IS NOT FALSE OR b.left_by_choice OR b.requested AS disagrees`,
        [guildId, userId, kind === 'ban', moderatorId, at],
      );
      await this.markThose(manager, changed);
      if (moderatorId === null) return;
      await this.log.append(
        manager,
        changed
          .filter(({ isLifted }) => !isLifted)
          .map(({ userId: student, courseId, actorId }) => ({
            action: 'remove',
            userId: student,
            courseId,
            guildId,
            actorId,
            details: { by: 'moderator', kind, moderatorDiscordUserId: moderatorId },
          })),
      );
    });
  }

  /**
   * A moderator lifted a ban. That they removed the person stands until staff invites them again; whom the ban alone kept out,
   * enrolled and never let in, is tried again.
   */
  async banLifted(member: { readonly guildId: string; readonly userId: string }): Promise<void> {
    await this.database.work(async (manager) => {
      const [changed] = await manager.query<[{ id: string; disagrees: boolean }[], number]>(
        `WITH ${CONCERNED}
         UPDATE discord_memberships m SET banned = false, requested = m.requested OR (m.status = 'pending' AND m.reason = 'BANNED')
         FROM before b WHERE m.id = b.id AND b.is_current AND (m.banned OR m.reason = 'BANNED')
         RETURNING m.id, true AS disagrees`,
        [member.guildId, member.userId],
      );
      await this.markThose(manager, changed);
    });
  }

  /** An invite was used up or deleted. Whoever used it is about to be seen; if nobody is, whose it was is looked at again. */
  async inviteGone(invite: {
    readonly guildId: string;
    readonly code: string;
    readonly usedBy?: string;
  }): Promise<void> {
    const arrivals = [
      ...this.recentArrivals(invite.guildId).map(({ userId }) => userId),
      ...(invite.usedBy ? [invite.usedBy] : []),
    ];
    await this.database.work(async (manager) => {
      const at = new Date(Date.now() + INVITE_USED_WITHIN);
      const [changed] = await manager.query<[unknown[], number]>(
        `UPDATE discord_memberships m SET invite_expires_at = least(m.invite_expires_at, now()),
           due_at = CASE WHEN m.status = 'invited' THEN $3::timestamptz ELSE m.due_at END,
           invite_used_by = (SELECT a FROM unnest($4::text[]) WITH ORDINALITY AS s(a, n)
             WHERE m.status = 'invited' AND m.is_member IS NOT TRUE AND ${IS_STRANGER('a')} ORDER BY n DESC LIMIT 1)
         WHERE m.guild_id = $1 AND m.invite_code = $2 RETURNING 1`,
        [invite.guildId, invite.code, at, arrivals],
      );
      if (changed.length > 0) await this.queue.addAt(manager, invite.guildId, at);
    });
  }

  /** Roles, channels, the bot's permissions or its presence changed: the server's health is checked again, a moment later. */
  async serverChanged(guildId: string): Promise<void> {
    await this.database.work(async (manager) => {
      const known = await manager.query<unknown[]>(
        `SELECT 1 FROM discord_server_configs WHERE guild_id = $1
         UNION ALL SELECT 1 FROM discord_guilds WHERE guild_id = $1 AND paused_until IS NOT NULL LIMIT 1`,
        [guildId],
      );
      if (known.length === 0) return;
      await manager.query('UPDATE discord_guilds SET changed_at = now() WHERE guild_id = $1', [guildId]);
      await this.jobs.enqueue(
        manager,
        'recheck-server',
        { guildId },
        { key: `recheck-soon:${guildId}`, runAt: new Date(Date.now() + RECHECK_AFTER) },
      );
    });
  }

  private recentArrivals(guildId: string) {
    const recent = (this.arrivals.get(guildId) ?? []).filter(({ at }) => at > Date.now() - INVITE_USED_WITHIN);
    if (recent.length === 0) this.arrivals.delete(guildId);
    return recent;
  }

  private async markThose(
    manager: EntityManager,
    changed: readonly { readonly id: string; readonly disagrees?: boolean }[],
  ): Promise<void> {
    const memberships = changed.filter((row) => row.disagrees).map((row) => row.id);
    if (memberships.length > 0) await this.marker.markIn(manager, { memberships });
  }
}
