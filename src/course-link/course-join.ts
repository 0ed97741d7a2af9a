import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '../audit-log/audit-log';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { type Language } from '../common/language';
import { CONFIG, type Config } from '../config/config';
import { Database } from '../database/database';
import { DiscordRest } from '../discord-api/discord-rest';
import { explain } from '../membership/explanation.policy';
import { MembershipActions } from '../membership/membership-actions';
import { type Membership } from '../membership/membership.model';
import { Courses } from '../platform/courses';
import { type CourseDiscordLink, type JoinResult } from './course-link.model';
import { CourseLinks } from './course-links';
import { explainLink } from './join.policy';

/** How many presses of one student in one course are logged within an hour; all of them are counted. */
const LOGGED_PER_HOUR = 10;

/** A student presses Join. */
@Injectable()
export class CourseJoin {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly discord: DiscordRest,
    private readonly actions: MembershipActions,
    private readonly courses: Courses,
    private readonly links: CourseLinks,
    private readonly log: AuditLog,
  ) {}

  /**
   * Automatic mode: the membership is set going, with its invite if there is one. Without a server, or when it cannot be
   * worked in just now: the course's link.
   * @throws DomainError NOT_ENROLLED; FORBIDDEN when staff or a moderator removed them; SERVER_NOT_READY when the course
   *   has neither a server nor a link.
   */
  async press(caller: Caller, courseId: string, language: Language): Promise<JoinResult> {
    const joined = await this.actions.join(caller, courseId);
    const link = (await this.links.ofCourses(caller, [courseId])).get(courseId) ?? null;
    if (!joined && !link) {
      throw new DomainError(
        'SERVER_NOT_READY',
        'This course has no Discord server yet. Its staff can connect one, or give it an invite link.',
      );
    }
    const canServe = this.config.discord.botToken !== '' && !this.discord.circuitState.open;
    const membership = joined ? mostUrgent(joined.memberships) : null;
    // Whoever is in already needs nobody to serve them.
    const isServed = joined !== null && (membership?.status === 'joined' || (joined.isServed && canServe));
    const given = link && link.working !== false && !isServed ? link : null;
    const isDead = joined === null && given === null;
    await this.record(caller, courseId, given, isDead, joined !== null);

    const names = {
      server: link?.serverName ?? membership?.guildName ?? null,
      course: await this.title(caller, courseId),
    };
    if (given) {
      const outcome = joined ? 'INSTEAD_OF_BOT' : 'OPEN';
      return { url: given.inviteLink, membership, explanation: explainLink(outcome, names, language) };
    }
    if (!membership) return { url: null, membership: null, explanation: explainLink('DEAD', names, language) };
    const { reason, guildName: server, courseTitle: course } = membership;
    const url = reason === 'INVITE_OPEN' ? membership.inviteLink : null;
    return { url, membership, explanation: explain(reason, { server, course }, language, 'you') };
  }

  private async title(caller: Caller, courseId: string): Promise<string> {
    return (await this.courses.find(caller, [courseId])).get(courseId)?.title ?? '';
  }

  private async record(
    caller: Caller,
    courseId: string,
    given: CourseDiscordLink | null,
    isDead: boolean,
    isAutomatic: boolean,
  ): Promise<void> {
    const { userId } = caller;
    await this.database.write(async (manager) => {
      if (given) await this.links.visit(manager, given.id, userId);
      const [logged] = await manager.query<{ count: number }[]>(
        `SELECT count(*)::int AS count FROM (
           SELECT 1 FROM discord_integration_logs
           WHERE user_id = $1 AND course_id = $2 AND action = 'click' AND created_at > now() - interval '1 hour' LIMIT $3) l`,
        [userId, courseId, LOGGED_PER_HOUR],
      );
      if ((logged?.count ?? 0) >= LOGGED_PER_HOUR) return;
      await this.log.append(manager, [
        {
          action: 'click',
          status: isDead ? 'failed' : 'success',
          userId,
          courseId,
          actorId: userId,
          details: { mode: isAutomatic ? 'automatic' : 'link', linkGiven: given !== null },
          ...(isDead ? { errorMessage: 'The invite link of this course no longer works.' } : {}),
        },
      ]);
    });
  }
}

/** Of several servers the one in which there is something to do. */
function mostUrgent(memberships: readonly Membership[]): Membership | null {
  const order = ['pending', 'left', 'invited', 'joined', 'removed'];
  const sorted = [...memberships].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return sorted.find(({ reason }) => reason === 'INVITE_OPEN') ?? sorted[0] ?? null;
}
