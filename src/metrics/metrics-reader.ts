import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Caller, seesEverything } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config, type MetricTargets } from '../config/config';
import { Database } from '../database/database';
import { Courses } from '../platform/courses';
import { COUNTS, EVENTS, FUNNEL, MINUTES, SERIES } from './metrics-sql';
import { WeeklyActivity } from './weekly-activity';

/** What is looked at when no beginning is given, milliseconds. */
const WINDOW = 30 * 86_400_000;
/** The most points of a series. */
const MAX_POINTS = 1_000;

const BUCKETS = { HOUR: 3_600_000, DAY: 86_400_000, WEEK: 604_800_000 } as const;
export type MetricsBucket = keyof typeof BUCKETS;

/** What the figures are about. */
export interface MetricsScope {
  readonly courseId: string | null;
  readonly since: Date;
  readonly until: Date;
}

interface Counts {
  readonly enrolledStudents: number;
  readonly connectedUsers: number;
  readonly coursesWithServer: number;
  readonly activeServers: number;
  readonly instructors: number;
  readonly instructorsWithServer: number;
  readonly instructorsWithLink: number;
  readonly enrolledByLink: number;
  readonly clicked: number;
  readonly queueDepth: number;
}

interface Events {
  readonly invitationsSent: number;
  readonly invited: number;
  readonly invitedAndJoined: number;
  readonly everJoined: number;
  readonly stillJoined: number;
  readonly timeToRoleP50: number | null;
  readonly timeToRoleP95: number | null;
}

interface Minutes {
  readonly apiCalls: number;
  readonly failedCalls: number;
  readonly minutes: number;
  readonly minutesUp: number;
}

export interface MetricTargetRow {
  readonly metric: string;
  readonly target: number;
  readonly value: number | null;
  readonly met: boolean | null;
}

export interface MetricsRow extends MetricsScope {
  readonly enrolledStudents: number;
  readonly connectedUsers: number;
  readonly connectionRate: number;
  readonly coursesWithServer: number;
  readonly instructorAdoptionRate: number;
  readonly activeServers: number;
  readonly invitationsSent: number;
  readonly invitationSuccessRate: number;
  readonly retentionRate: number;
  readonly apiCalls: number;
  readonly apiErrorRate: number;
  readonly discordUptime: number;
  readonly joinClickRate: number;
  readonly weeklyActiveRate: number | null;
  readonly linkAdoptionRate: number;
  readonly targets: readonly MetricTargetRow[];
  readonly queueDepth: number;
  readonly timeToRoleP50: number | null;
  readonly timeToRoleP95: number | null;
}

export interface MetricsPointRow {
  readonly at: Date;
  readonly joined: number;
  readonly left: number;
  readonly removed: number;
  readonly invited: number;
  readonly errors: number;
  readonly apiCalls: number;
  readonly failedCalls: number;
  readonly timeToRoleP50: number | null;
  readonly timeToRoleP95: number | null;
  readonly queueDepth: number | null;
}

export interface FunnelRow {
  readonly enrolled: number;
  readonly linked: number;
  readonly invited: number;
  readonly joined: number;
  readonly stayed7Days: number;
  readonly stayed30Days: number;
}

/** Figures over the caller's courses, read as the caller: what they may not see does not count. */
@Injectable()
export class MetricsReader {
  constructor(
    private readonly database: Database,
    private readonly courses: Courses,
    private readonly activity: WeeklyActivity,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * @param asked without a course: all that the caller teaches; without a beginning: the 30 days before the end
   * @throws DomainError NOT_FOUND, FORBIDDEN for a course of others, or whoever teaches none; BAD_USER_INPUT when the window is empty.
   */
  async of(
    caller: Caller,
    asked: { readonly courseId?: string | null; readonly since?: Date | null; readonly until?: Date | null },
  ): Promise<MetricsRow> {
    const until = asked.until ?? new Date();
    const since = asked.since ?? new Date(until.getTime() - WINDOW);
    if (since >= until) {
      throw new DomainError(
        'BAD_USER_INPUT',
        `"since" must be before "until"; they were ${since.toISOString()} and ${until.toISOString()}.`,
      );
    }
    const courseId = asked.courseId ?? null;
    if (courseId !== null) await this.courses.taughtBy(caller, courseId);
    else if (!seesEverything(caller) && (await this.courses.countTaught(caller)) === 0)
      throw new DomainError('FORBIDDEN', 'Only those who teach a course may see its metrics.');

    return this.database.readAs(caller, async (manager) => {
      const counts = await one<Counts>(manager, COUNTS, [courseId, until]);
      const events = await one<Events>(manager, EVENTS, [courseId, since, until]);
      const minutes = await one<Minutes>(manager, MINUTES, [courseId, since, until, isEverything(caller, courseId)]);
      const weeklyActiveRate = await this.activity.rate(manager, courseId, until);
      return {
        courseId,
        since,
        until,
        ...figures(counts, events, minutes, weeklyActiveRate, this.config.metricTargets),
      };
    });
  }

  /** @throws DomainError BAD_USER_INPUT when the window holds more than 1,000 buckets. */
  async series(
    caller: Caller,
    { courseId, since, until }: MetricsScope,
    bucket: MetricsBucket,
  ): Promise<MetricsPointRow[]> {
    const points = Math.ceil((until.getTime() - since.getTime()) / BUCKETS[bucket]);
    if (points > MAX_POINTS) {
      throw new DomainError(
        'BAD_USER_INPUT',
        `This window holds ${points} buckets of one ${bucket.toLowerCase()}; the limit is ${MAX_POINTS}. Ask for a shorter window or a wider bucket.`,
      );
    }
    return this.database.readAs(caller, (manager) =>
      manager.query<MetricsPointRow[]>(SERIES, [
        courseId,
        since,
        until,
        isEverything(caller, courseId),
        bucket.toLowerCase(),
      ]),
    );
  }

  /** How far those have come who are enrolled now. */
  funnel(caller: Caller, { courseId, until }: MetricsScope): Promise<FunnelRow> {
    return this.database.readAs(caller, (manager) => one<FunnelRow>(manager, FUNNEL, [courseId, until]));
  }
}

function isEverything(caller: Caller, courseId: string | null): boolean {
  return courseId === null && seesEverything(caller);
}

function figures(
  counts: Counts,
  events: Events,
  minutes: Minutes,
  weeklyActiveRate: number | null,
  targets: MetricTargets,
): Omit<MetricsRow, keyof MetricsScope> {
  const rates = {
    connectionRate: share(counts.connectedUsers, counts.enrolledStudents),
    weeklyActiveRate,
    instructorAdoptionRate: share(counts.instructorsWithServer, counts.instructors),
    // Before the first whole minute with a bot nothing was down.
    discordUptime: minutes.minutes === 0 ? 1 : share(minutes.minutesUp, minutes.minutes),
    linkAdoptionRate: share(counts.instructorsWithLink, counts.instructors),
    joinClickRate: share(counts.clicked, counts.enrolledByLink),
  };
  return {
    ...rates,
    enrolledStudents: counts.enrolledStudents,
    connectedUsers: counts.connectedUsers,
    coursesWithServer: counts.coursesWithServer,
    activeServers: counts.activeServers,
    invitationsSent: events.invitationsSent,
    invitationSuccessRate: share(events.invitedAndJoined, events.invited),
    retentionRate: share(events.stillJoined, events.everJoined),
    apiCalls: minutes.apiCalls,
    apiErrorRate: share(minutes.failedCalls, minutes.apiCalls),
    queueDepth: counts.queueDepth,
    timeToRoleP50: events.timeToRoleP50,
    timeToRoleP95: events.timeToRoleP95,
    targets: Object.entries(targets).map(([metric, target]) => {
      const value = metric === 'discordUptime' && minutes.minutes === 0 ? null : rates[metric as keyof MetricTargets];
      return { metric, target, value, met: value === null ? null : value >= target };
    }),
  };
}

/** 0 when there is nothing that it could be a share of. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

async function one<Row>(manager: EntityManager, text: string, parameters: unknown[]): Promise<Row> {
  const [row] = await manager.query<Row[]>(text, parameters);
  if (row === undefined) throw new Error('The figures are one row.');
  return row;
}
