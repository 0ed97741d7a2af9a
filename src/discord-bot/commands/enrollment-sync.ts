import { Injectable } from '@nestjs/common';
import { type Caller } from '../../common/caller';
import { DomainError } from '../../common/domain-error';
import { Memberships } from '../../membership/memberships';
import { RunDecisions } from '../../membership/run-decisions';
import { SyncPlans } from '../../membership/sync-plans';
import { type SyncRunRow, SyncRuns } from '../../membership/sync-runs';
import { People } from '../../platform/people';
import { failedChecks } from '../../server-config/preflight.policy';
import { type ServerConfigRow, ServerConfigs } from '../../server-config/server-configs';
import { Callers } from '../callers';
import { courseMeant } from '../choices/course-choice.policy';
import { type HeldRemovals } from '../replies/held-removals';
import { type Reply } from '../replies/reply';
import { syncPlanReply } from '../replies/sync-plan.reply';
import { keptReply, syncProgressReply, syncResultReply, syncTooLongReply } from '../replies/sync-run.reply';
import { RunFollowing } from '../run-following';
import { type FailedCheck } from '../texts/texts';
import { type Visitor } from '../visitor';

/** The most sets of held removals that one message asks about, and the most people that each names. */
const MAX_HELD = 5;
const MAX_NAMED = 20;

/** A run that somebody decides about, and who and of which course that is. */
interface Decided {
  readonly caller: Caller;
  readonly course: ServerConfigRow;
}

/** The whole course of `/sync-enrollment`: the plan, doing it while the message follows, and what the brake holds. */
@Injectable()
export class EnrollmentSync {
  constructor(
    private readonly callers: Callers,
    private readonly plans: SyncPlans,
    private readonly runs: SyncRuns,
    private readonly decisions: RunDecisions,
    private readonly following: RunFollowing,
    private readonly configs: ServerConfigs,
    private readonly memberships: Memberships,
    private readonly people: People,
  ) {}

  /** @param typed the course, as somebody named it */
  async plan(visitor: Visitor, typed: string): Promise<Reply> {
    const { caller, courses } = await this.callers.staff(visitor);
    const { courseId, courseTitle: course } = courseMeant(courses, typed);
    const plans = await this.plans.plan(caller, courseId, null);
    const userIds = plans.flatMap(({ lines }) => lines.map(({ userId }) => userId));
    const names = await this.people.names(caller, [...new Set(userIds)]);
    const servers = await this.serversOf(caller, courseId);
    const held = await this.heldOf(caller, courseId);
    return syncPlanReply({ courseId, course, plans, servers, names, held }, visitor);
  }

  async apply(visitor: Visitor, typed: string): Promise<Reply> {
    const { caller, courses } = await this.callers.staff(visitor);
    const course = courseMeant(courses, typed);
    return this.follow(visitor, caller, course, await this.runs.syncCourse(caller, course.courseId));
  }

  /** The held removals happen. */
  async confirm(visitor: Visitor, runId: string): Promise<Reply> {
    const { caller, course } = await this.decided(visitor, runId);
    return this.follow(visitor, caller, course, [await this.decisions.confirm(caller, runId)]);
  }

  /** They do not. */
  async keep(visitor: Visitor, runId: string): Promise<Reply> {
    const { caller, course } = await this.decided(visitor, runId);
    await this.decisions.cancel(caller, runId);
    return keptReply(course.courseTitle, await this.heldOf(caller, course.courseId), visitor);
  }

  private async follow(
    visitor: Visitor,
    caller: Caller,
    { courseId, courseTitle: title }: ServerConfigRow,
    started: readonly SyncRunRow[],
  ): Promise<Reply> {
    const ids = started.map(({ id }) => id);
    const { runs, isAtRest } = await this.following.follow(caller, ids, async (standing) => {
      const failed = await this.failedChecksOf(caller, courseId);
      await visitor.show(syncProgressReply({ title, failedChecks: failed }, standing, visitor));
    });
    if (!isAtRest) return syncTooLongReply(visitor);
    const course = { title, failedChecks: await this.failedChecksOf(caller, courseId) };
    return syncResultReply(course, runs, await this.heldOf(caller, courseId), visitor);
  }

  /** The run, if it is of a course that the asker teaches and that has its place in this server. */
  private async decided(visitor: Visitor, runId: string): Promise<Decided> {
    const { caller, courses } = await this.callers.staff(visitor);
    const run = await this.runs.find(caller, runId);
    if (!run?.courseId) throw new DomainError('NOT_FOUND', 'There is no such run of a course that you teach here.');
    return { caller, course: courseMeant(courses, run.courseId) };
  }

  private async heldOf(caller: Caller, courseId: string): Promise<HeldRemovals[]> {
    const runs = await this.runs.list(caller, { courseId, status: ['AWAITING_CONFIRMATION'] }, MAX_HELD);
    const servers = await this.serversOf(caller, courseId);
    return Promise.all(
      runs.map(async ({ id, guildId, total, done }) => {
        const count = total - done;
        const names = await this.namesOfHeld(caller, courseId, guildId, count);
        return { runId: id, server: servers.get(guildId) ?? guildId, count, names };
      }),
    );
  }

  /** None when others there wait for other reasons, such as a removal that was cancelled: they must not be taken for these. */
  private async namesOfHeld(caller: Caller, courseId: string, guildId: string, count: number): Promise<string[]> {
    const query = { courseId, guildId, filter: { reason: ['REMOVAL_HELD' as const] } };
    if ((await this.memberships.count(caller, query)) !== count) return [];
    const { edges } = await this.memberships.page(caller, query, { first: MAX_NAMED });
    const userIds = edges.map(({ node }) => node.userId);
    const names = await this.people.names(caller, userIds);
    return userIds.map((userId) => names.get(userId) ?? userId);
  }

  private async failedChecksOf(caller: Caller, courseId: string): Promise<FailedCheck[]> {
    const configs = await this.configs.ofCourses(caller, [courseId]);
    return configs.flatMap(({ report }) => failedChecks(report?.checks ?? []));
  }

  private async serversOf(caller: Caller, courseId: string): Promise<Map<string, string>> {
    const configs = await this.configs.ofCourses(caller, [courseId]);
    return new Map(configs.map(({ guildId, guildName }) => [guildId, guildName]));
  }
}
