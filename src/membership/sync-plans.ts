import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { DiscordFailure } from '../discord-api/discord-failure';
import { type CourseRow, Courses } from '../platform/courses';
import { failedChecks } from '../server-config/preflight.policy';
import { type PreflightCheck, type PreflightChoice } from '../server-config/preflight-check';
import { PreflightService } from '../server-config/preflight.service';
import { unavailable } from '../server-config/server-config.errors';
import { type StoredReport } from '../server-config/stored-report';
import { AccountViews } from './account-views';
import { Brake } from './brake';
import { Comparison } from './comparison';
import { ServerTrouble } from './server-trouble';
import { type MembershipReason } from './claim.policy';
import { planOf, type SyncActionType } from './sync-plan.policy';

/** What a sync of one course would do in one server, at one moment. */
export interface SyncPlanRow {
  readonly courseId: string;
  readonly guildId: string;
  readonly computedAt: Date;
  readonly unchanged: number;
  readonly held: boolean;
  /** Calls to Discord that doing it takes, about: the members are listed again, and each change is one. */
  readonly calls: number;
  /** All of it, in the plan's order. */
  readonly lines: readonly PlanLine[];
}

export interface PlanLine {
  readonly userId: string;
  readonly discordUserId: string | null;
  readonly action: SyncActionType;
  readonly reason: MembershipReason;
  readonly keptBy: CourseRow | null;
}

interface PlannedServer extends PreflightChoice {
  readonly guildId: string;
  readonly report: StoredReport | null;
}

/** Computes what a sync would do, by the sync's own comparison and rules, and changes nothing. */
@Injectable()
export class SyncPlans {
  constructor(
    private readonly database: Database,
    private readonly courses: Courses,
    private readonly views: AccountViews,
    private readonly comparison: Comparison,
    private readonly brake: Brake,
    private readonly trouble: ServerTrouble,
    private readonly preflights: PreflightService,
  ) {}

  /**
   * One plan for each active server of the course, or for one of them. No transaction is open while Discord is asked.
   * @throws DomainError NOT_FOUND to all but those who teach the course; SERVER_NOT_READY with `checks`; DISCORD_UNAVAILABLE.
   */
  async plan(caller: Caller, courseId: string, guildId: string | null): Promise<SyncPlanRow[]> {
    await this.courses.taughtBy(caller, courseId).catch((error: unknown) => {
      if (!(error instanceof DomainError) || error.code !== 'FORBIDDEN') throw error;
      throw new DomainError('NOT_FOUND', 'There is no such course, or you may not see what a sync of it would do.');
    });
    const servers = await this.database.query<PlannedServer>(
      `SELECT k.guild_id AS "guildId", k.invite_channel_id AS "inviteChannelId", k.student_role_id AS "studentRoleId",
         k.removal_policy AS "removalPolicy", g.preflight -> k.id::text AS report
       FROM discord_server_configs k LEFT JOIN discord_guilds g ON g.guild_id = k.guild_id
       WHERE k.course_id = $1 AND k.is_active AND k.ending_run_id IS NULL AND ($2::text IS NULL OR k.guild_id = $2) ORDER BY k.guild_id`,
      [courseId, guildId],
    );
    if (servers.length === 0) {
      throw new DomainError('SERVER_NOT_READY', 'No Discord server configured for this course. Set one up first.');
    }
    const plans: SyncPlanRow[] = [];
    for (const server of servers) plans.push(await this.ofServer(caller, courseId, server));
    return plans;
  }

  private async ofServer(caller: Caller, courseId: string, server: PlannedServer): Promise<SyncPlanRow> {
    const { guildId, report } = server;
    const failed = failedChecks(report?.checks ?? []);
    const trouble = await this.trouble.of(guildId);
    if (trouble) throw notReady(trouble.sentence, failed);
    const obstacle = report?.obstacles?.course;
    if (obstacle) throw notReady(obstacle, failed);
    try {
      const {
        found,
        facts,
        calls: listing,
      } = await this.comparison.look(guildId, () => this.views.ofGuildWithMissing(guildId, courseId));
      const now = new Date();
      const views = found.map(({ view, seen }) => ({ ...view, seen }));
      const held = await this.brake.verdict(guildId, views, now);
      const unheard = await this.views.unheard(guildId, courseId);
      const { actions, unchanged, held: isHeld } = planOf(found, unheard, facts, courseId, held, now);
      const own = await this.courses.taughtAmong(caller, [...new Set(actions.flatMap(({ keptBy }) => keptBy))]);
      const lines = actions.map((action) => ({
        ...action,
        keptBy: action.keptBy.flatMap((id) => own.get(id) ?? [])[0] ?? null,
      }));
      const calls = listing + actions.filter(({ action }) => action !== 'NONE').length;
      return { courseId, guildId, computedAt: now, unchanged, held: isHeld, calls, lines };
    } catch (error) {
      if (!(error instanceof DiscordFailure)) throw error;
      if (error.kind === 'transient' || error.kind === 'process') throw unavailable(error);
      const checks = this.preflights.check(await this.preflights.look(guildId, null), server).checks;
      throw notReady(error.message, failedChecks(checks));
    }
  }
}

function notReady(sentence: string, failed: readonly PreflightCheck[]): DomainError {
  const [first] = failed;
  return new DomainError('SERVER_NOT_READY', `The server is not ready. ${first?.message ?? sentence}`, {
    checks: failed.map(({ id, message, inIndonesian }) => ({
      id,
      message,
      ...(inIndonesian === undefined ? {} : { inIndonesian }),
    })),
  });
}
