import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '../audit-log/audit-log';
import { CONFIG, type Config } from '../config/config';
import { Database } from '../database/database';
import { DiscordFailure } from '../discord-api/discord-failure';
import { InviteLookup, type InviteTarget } from '../discord-api/invite-lookup';
import { JobHandler } from '../jobs/job-handler';
import { parseInviteUrl } from './invite-url.policy';
import { explainMending } from './join.policy';

export const CHECK_LINKS = 'check-course-links';

interface LinkRow {
  readonly id: string;
  readonly courseId: string;
  readonly inviteLink: string;
}

/** Looks once a day whether the links of courses still lead anywhere. */
@Injectable()
export class LinkCheck {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly lookup: InviteLookup,
    private readonly log: AuditLog,
  ) {}

  /**
   * One after the other. A link about which Discord could not say anything fails the job in the end, which comes back to it
   * later; the others do not wait for it, unless nothing else could be said of them either.
   */
  @JobHandler(CHECK_LINKS)
  async run(): Promise<void> {
    await this.forget();
    await this.remember();
    const links = await this.database.query<LinkRow>(
      `SELECT id, course_id AS "courseId", discord_invite_link AS "inviteLink" FROM course_discord_links
       WHERE checked_at IS NULL OR checked_at < now() - interval '12 hours' ORDER BY checked_at NULLS FIRST, id`,
    );
    let failure: DiscordFailure | undefined;
    for (const link of links) {
      const invite = parseInviteUrl(link.inviteLink, this.config.discord.inviteUrl);
      if (!invite?.canBeAsked) continue;
      try {
        await this.store(link, await this.lookup.find(invite.code));
      } catch (error) {
        if (!(error instanceof DiscordFailure) || concernsEveryLink(error)) throw error;
        failure = error;
      }
    }
    if (failure) throw failure;
  }

  private async store(link: LinkRow, target: InviteTarget | null): Promise<void> {
    const guild = target?.guild ?? null;
    await this.database.work(async (manager) => {
      const [found] = await manager.query<{ wasWorking: boolean | null }[]>(
        'SELECT working AS "wasWorking" FROM course_discord_links WHERE id = $1 AND discord_invite_link = $2 FOR UPDATE',
        [link.id, link.inviteLink],
      );
      // Replaced meanwhile: the new one is looked up by whoever set it.
      if (!found) return;
      await manager.query(
        `UPDATE course_discord_links SET working = $2, checked_at = now(), guild_id = coalesce(guild_id, $3),
           server_name = coalesce(server_name, $4) WHERE id = $1`,
        [link.id, target !== null, guild?.id ?? null, guild?.name ?? null],
      );
      if (guild) {
        await manager.query('UPDATE discord_link_visits SET guild_id = $2 WHERE link_id = $1 AND guild_id IS NULL', [
          link.id,
          guild.id,
        ]);
      }
      if (target !== null || found.wasWorking === false) return;
      await this.log.append(manager, [
        {
          action: 'error',
          status: 'failed',
          courseId: link.courseId,
          details: { discordLink: 'dead' },
          errorMessage: explainMending('en'),
        },
      ]);
    });
  }

  /** Who pressed and is enrolled still: they are forgotten a while after that has ended. */
  private async remember(): Promise<void> {
    await this.database.query(
      `UPDATE discord_link_visits v SET enrolled_at = now() WHERE v.enrolled_at < now() - interval '12 hours'
         AND EXISTS (SELECT FROM discord_enrollments e WHERE e.user_id = v.user_id AND e.course_id = v.course_id AND e.active)`,
    );
  }

  /** What the platform has deleted; a roster that reads empty deletes nobody. */
  private async forget(): Promise<void> {
    await this.database.query(
      `WITH gone AS (DELETE FROM course_discord_links l
         WHERE NOT EXISTS (SELECT FROM courses c WHERE c.id = l.course_id) AND EXISTS (SELECT FROM courses))
       DELETE FROM discord_link_visits v
       WHERE NOT EXISTS (SELECT FROM discord_users u WHERE u.id = v.user_id) AND EXISTS (SELECT FROM discord_users)
         -- As long as their access has not ended, it is still asked how they came in.
         AND NOT EXISTS (SELECT FROM discord_memberships m WHERE m.user_id = v.user_id AND m.status <> 'removed')`,
    );
  }
}

/** Discord is not there, or wants to be left alone for a while. */
function concernsEveryLink({ status }: DiscordFailure): boolean {
  return status === null || status === 429;
}
