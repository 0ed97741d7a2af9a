import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import * as z from 'zod';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { JobHandler } from '../jobs/job-handler';
import { JobQueue } from '../jobs/job-queue';
import { lockOpenRuns } from './run-locks';

const REVOKE_INVITE = 'revoke-invite';
const PAYLOAD = z.object({ code: z.string().min(1) });

export interface Released {
  readonly openInvite: string | null;
  readonly userId: string;
  readonly accounts: readonly string[];
}

/**
 * Memberships of a configuration that is deleted without ending access: the members stay as they are, with their roles, and
 * are none of ours any more. Their open invites are taken back, and what waited for a decision about them is over.
 */
@Injectable()
export class Releases {
  constructor(
    private readonly discord: DiscordRest,
    private readonly jobs: JobQueue,
  ) {}

  /**
   * In the caller's transaction, once the configuration is gone. That somebody had left, or was removed by people, stays known:
   * it holds when the course and the server are connected again. @returns what was released.
   */
  async ofCourseIn(manager: EntityManager, courseId: string, guildId: string): Promise<readonly Released[]> {
    await lockOpenRuns(manager, guildId);
    const [released] = await manager.query<[Released[], number]>(
      // With all others of the same students, which are marked afterwards: everybody locks in this order.
      `WITH locked AS (SELECT id FROM discord_memberships WHERE guild_id = $2
         AND user_id IN (SELECT user_id FROM discord_memberships WHERE course_id = $1 AND guild_id = $2) ORDER BY id FOR UPDATE)
       DELETE FROM discord_memberships m USING locked WHERE m.id = locked.id AND m.course_id = $1
         AND NOT (m.removed_by_staff OR m.banned OR m.left_by_choice)
       RETURNING CASE WHEN m.invite_expires_at > now() THEN m.invite_code END AS "openInvite", m.user_id AS "userId",
         array_remove(ARRAY[m.discord_user_id, m.acted_discord_user_id]
           || ARRAY(SELECT t ->> 'account' FROM jsonb_array_elements(m.traces) t), NULL) AS accounts`,
      [courseId, guildId],
    );
    await manager.query(
      `UPDATE discord_sync_runs SET status = 'CANCELLED', finished_at = now()
       WHERE course_id = $1 AND guild_id = $2 AND status IN ('QUEUED', 'RUNNING', 'AWAITING_CONFIRMATION')`,
      [courseId, guildId],
    );
    await this.revokeIn(manager, guildId, new Set(released.flatMap(({ openInvite }) => openInvite ?? [])));
    return released;
  }

  /** The memberships in the server that concern the same people: who was kept by what is released is not any more. */
  async othersOf(manager: EntityManager, guildId: string, released: readonly Released[]): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT m.id FROM discord_memberships m WHERE m.guild_id = $1 AND (m.user_id = ANY($2::uuid[])
         OR m.discord_user_id = ANY($3::text[]) OR m.acted_discord_user_id = ANY($3::text[]))`,
      [guildId, released.map(({ userId }) => userId), [...new Set(released.flatMap(({ accounts }) => accounts))]],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * The invites are taken back after the commit: they give the role of a course that is not connected with the server any more,
   * or are another account's. Whoever is to come in by one for another course is invited to that one anew.
   */
  async revokeIn(manager: EntityManager, guildId: string, codes: ReadonlySet<string>): Promise<void> {
    if (codes.size === 0) return;
    await manager.query(
      `WITH locked AS (SELECT id FROM discord_memberships WHERE guild_id = $1 AND invite_code = ANY($2::text[]) ORDER BY id FOR UPDATE)
       UPDATE discord_memberships m SET invite_code = NULL, invite_link = NULL, invite_expires_at = NULL,
         generation = m.generation + 1, marked_at = now(), updated_at = now()
       FROM locked WHERE m.id = locked.id`,
      [guildId, [...codes]],
    );
    for (const code of codes) await this.jobs.enqueue(manager, REVOKE_INVITE, { code });
  }

  /** Tried again as long as Discord gives no answer; where the bot may not (any more), the invite expires within a day. */
  @JobHandler(REVOKE_INVITE)
  async revoke(payload: unknown): Promise<void> {
    const { code } = PAYLOAD.parse(payload);
    try {
      await this.discord.deleteInvite(code, 'Nobody is to come in by this invite any more');
    } catch (error) {
      if (error instanceof DiscordFailure && (error.kind === 'server' || error.kind === 'person')) return;
      throw error;
    }
  }
}
