import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import * as z from 'zod';
import { AuditLog } from '../audit-log/audit-log';
import { Database } from '../database/database';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { JobHandler } from '../jobs/job-handler';
import { JobQueue } from '../jobs/job-queue';

const REVOKE_INVITE = 'revoke-invite';
const PAYLOAD = z.object({ code: z.string().min(1) });

interface Released {
  readonly courseId: string;
  readonly guildId: string;
  readonly openInvite: string | null;
}

/**
 * Memberships whose configuration is gone, whoever deleted it and how: the members stay as they are, with their roles, and
 * are none of ours any more. Their open invites are taken back, and what waited for a decision about them is over.
 */
@Injectable()
export class Releases {
  constructor(
    private readonly database: Database,
    private readonly discord: DiscordRest,
    private readonly jobs: JobQueue,
    private readonly log: AuditLog,
  ) {}

  /** Of these courses, with an entry in the log: nobody has told of it. */
  async ofCourses(courses: readonly string[]): Promise<void> {
    await this.database.work(async (manager) => {
      const released = await this.ofCoursesIn(manager, courses);
      const byServer = new Map<string, Released[]>();
      for (const one of released) {
        const key = `${one.courseId} ${one.guildId}`;
        byServer.set(key, [...(byServer.get(key) ?? []), one]);
      }
      await this.log.append(
        manager,
        [...byServer.values()].flatMap((all) =>
          all.slice(0, 1).map(({ courseId, guildId }) => ({
            action: 'config_delete',
            courseId,
            guildId,
            details: { released: all.length },
          })),
        ),
      );
    });
  }

  /** Of every course that has memberships without a configuration. */
  async ofAll(): Promise<void> {
    const courses = await this.database.query<{ courseId: string }>(
      `SELECT DISTINCT m.course_id AS "courseId" FROM discord_memberships m
       WHERE NOT EXISTS (SELECT FROM discord_server_configs k WHERE k.course_id = m.course_id AND k.guild_id = m.guild_id)`,
    );
    if (courses.length > 0) await this.ofCourses(courses.map(({ courseId }) => courseId));
  }

  /** In the caller's transaction. @returns what was released. */
  async ofCoursesIn(manager: EntityManager, courses: readonly string[]): Promise<readonly Released[]> {
    const [released] = await manager.query<[Released[], number]>(
      `WITH locked AS (
         SELECT m.id FROM discord_memberships m WHERE m.course_id = ANY($1::uuid[])
           AND NOT EXISTS (SELECT FROM discord_server_configs k WHERE k.course_id = m.course_id AND k.guild_id = m.guild_id)
         ORDER BY m.id FOR UPDATE)
       DELETE FROM discord_memberships m USING locked WHERE m.id = locked.id
       RETURNING m.course_id AS "courseId", m.guild_id AS "guildId",
         CASE WHEN m.invite_expires_at > now() THEN m.invite_code END AS "openInvite"`,
      [courses],
    );
    await manager.query(
      `UPDATE discord_sync_runs r SET status = 'CANCELLED', finished_at = now()
       WHERE r.course_id = ANY($1::uuid[]) AND r.status IN ('QUEUED', 'RUNNING', 'AWAITING_CONFIRMATION')
         AND NOT EXISTS (SELECT FROM discord_server_configs k WHERE k.course_id = r.course_id AND k.guild_id = r.guild_id)`,
      [courses],
    );
    for (const code of new Set(released.flatMap(({ openInvite }) => openInvite ?? [])))
      await this.revokeIn(manager, code);
    return released;
  }

  /** The invite is taken back after the commit. */
  async revokeIn(manager: EntityManager, code: string): Promise<void> {
    await this.jobs.enqueue(manager, REVOKE_INVITE, { code });
  }

  /** Tried again as long as Discord gives no answer; where the bot may not (any more), the invite expires within a day. */
  @JobHandler(REVOKE_INVITE)
  async revoke(payload: unknown): Promise<void> {
    const { code } = PAYLOAD.parse(payload);
    try {
      await this.discord.deleteInvite(code, 'The server is no longer connected with the course');
    } catch (error) {
      if (error instanceof DiscordFailure && (error.kind === 'server' || error.kind === 'person')) return;
      throw error;
    }
  }
}
