import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '../audit-log/audit-log';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config } from '../config/config';
import { Database } from '../database/database';
import { DiscordFailure } from '../discord-api/discord-failure';
import { InviteLookup, type InviteTarget } from '../discord-api/invite-lookup';
import { type CourseRow, Courses } from '../platform/courses';
import { type LinkVisit } from './course-link.model';
import { CourseLinks } from './course-links';
import { type InviteUrl, parseInviteUrl } from './invite-url.policy';

/** The longest name of a server, characters: Discord's limit. */
const MAX_NAME = 100;

const HOW_TO_MAKE =
  'In Discord, open the server’s menu → Invite People → Edit invite link, choose “Never” and “No limit”, and paste the link here.';

/** What staff does with the link of a course. */
@Injectable()
export class CourseLinkService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly courses: Courses,
    private readonly lookup: InviteLookup,
    private readonly links: CourseLinks,
    private readonly log: AuditLog,
  ) {}

  /**
   * Gives the course a link, or another one. It is looked up where that is possible; where not, it is taken as it is.
   * @throws DomainError NOT_FOUND, FORBIDDEN; BAD_USER_INPUT when it is no invite, or Discord does not know it.
   */
  async set(caller: Caller, courseId: string, text: string, name: string | null): Promise<CourseRow> {
    const course = await this.courses.taughtBy(caller, courseId);
    const invite = parseInviteUrl(text, this.config.discord.inviteUrl);
    if (!invite) {
      throw new DomainError(
        'BAD_USER_INPUT',
        `This is not a Discord invite; one looks like https://discord.gg/CODE or https://discord.com/invite/CODE. ${HOW_TO_MAKE}`,
      );
    }
    const given = name?.trim() ?? '';
    if (given.length > MAX_NAME)
      throw new DomainError('BAD_USER_INPUT', `"serverName" may have ${MAX_NAME} characters; it has ${given.length}.`);
    const target = await this.targetOf(invite);
    const serverName = given === '' ? (target?.guild?.name ?? null) : given;
    await this.database.write(async (manager) => {
      // Another server's link is another link: who pressed the former one did not come here by it.
      await manager.query(
        'DELETE FROM course_discord_links WHERE course_id = $1 AND discord_invite_link <> $2 AND guild_id IS DISTINCT FROM $3',
        [courseId, invite.link, target?.guild?.id ?? ''],
      );
      const [stored] = await manager.query<{ id: string }[]>(
        `INSERT INTO course_discord_links (course_id, discord_invite_link, server_name, guild_id, working, checked_at)
         VALUES ($1, $2, $3, $4, $5, CASE WHEN $5::boolean IS NULL THEN NULL ELSE now() END)
         ON CONFLICT (course_id) DO UPDATE SET discord_invite_link = excluded.discord_invite_link, server_name = excluded.server_name,
           guild_id = coalesce(excluded.guild_id, course_discord_links.guild_id), working = excluded.working, checked_at = excluded.checked_at
         RETURNING id`,
        [courseId, invite.link, serverName, target?.guild?.id ?? null, target ? true : null],
      );
      if (target?.guild) {
        await manager.query('UPDATE discord_link_visits SET guild_id = $2 WHERE link_id = $1 AND guild_id IS NULL', [
          stored?.id,
          target.guild.id,
        ]);
      }
      await this.log.append(manager, [
        {
          action: 'config_update',
          courseId,
          guildId: target?.guild?.id ?? null,
          actorId: caller.userId,
          details: { discordLink: 'set', checked: target !== null },
        },
      ]);
    });
    return course;
  }

  /** The course has no link any more; who pressed it is remembered. @throws DomainError NOT_FOUND, FORBIDDEN */
  async remove(caller: Caller, courseId: string): Promise<CourseRow> {
    const course = await this.courses.taughtBy(caller, courseId);
    await this.database.write(async (manager) => {
      const [removed] = await manager.query<[unknown[], number]>(
        'DELETE FROM course_discord_links WHERE course_id = $1 RETURNING 1',
        [courseId],
      );
      if (removed.length === 0) return;
      await this.log.append(manager, [
        { action: 'config_update', courseId, actorId: caller.userId, details: { discordLink: 'removed' } },
      ]);
    });
    return course;
  }

  /**
   * The instructor's tick that a student is in the server, or is not.
   * @throws DomainError NOT_FOUND, FORBIDDEN; NOT_FOUND also when the student has not pressed Join
   */
  async confirm(caller: Caller, courseId: string, userId: string, isMember: boolean): Promise<LinkVisit> {
    await this.courses.taughtBy(caller, courseId);
    return this.database.write(async (manager) => {
      const visit = await this.links.tick(manager, courseId, userId, isMember);
      if (!visit)
        throw new DomainError('NOT_FOUND', 'This student has not pressed Join for the link of this course yet.');
      await this.log.append(manager, [
        { action: 'confirm', userId, courseId, actorId: caller.userId, details: { isMember } },
      ]);
      return visit;
    });
  }

  /** Null: it cannot be said. @throws DomainError BAD_USER_INPUT */
  private async targetOf(invite: InviteUrl): Promise<InviteTarget | null> {
    if (!invite.canBeAsked) return null;
    let target: InviteTarget | null;
    try {
      target = await this.lookup.find(invite.code);
    } catch (error) {
      if (error instanceof DiscordFailure) return null;
      throw error;
    }
    if (!target)
      throw new DomainError(
        'BAD_USER_INPUT',
        `Discord does not know this invite: it has expired, or there never was one. ${HOW_TO_MAKE}`,
      );
    if (!target.guild) throw new DomainError('BAD_USER_INPUT', `This invite does not lead to a server. ${HOW_TO_MAKE}`);
    return target;
  }
}
