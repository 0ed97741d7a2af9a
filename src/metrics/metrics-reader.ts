import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Caller, seesEverything } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config, type MetricTargets } from '../config/config';
import { Database } from '../database/database';
import { Courses } from '../platform/courses';
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
}

/** The courses that the caller teaches (admins: all), or the one asked for ($1). */
const SCOPE = `scope AS (
  SELECT c.id, c.instructor_id FROM discord_visible_courses c
  WHERE ($1::uuid IS NULL OR c.id = $1) AND ((SELECT discord_is_admin()) OR c.id IN (SELECT discord_taught())))`;

/** Their entries of the log from $2 to $3. */
const ENTRIES = `entries AS (
  SELECT l.* FROM discord_integration_logs l
  WHERE l.created_at >= $2 AND l.created_at < $3 AND l.course_id IN (SELECT id FROM scope))`;

/** An invite that was made: taking one back, or its expiry, is no call that made one. */
const IS_SENT = `action = 'invite' AND status = 'success' AND details IS NOT NULL AND NOT details ? 'revoked'`;
const HAS_JOINED = `new_status = 'joined' AND previous_status IS DISTINCT FROM 'joined'`;

const COUNTS = `
  WITH ${SCOPE},
  enrolled AS (SELECT e.user_id, e.course_id FROM discord_taught_enrollments() e WHERE e.course_id IN (SELECT id FROM scope)),
  students AS (SELECT DISTINCT user_id FROM enrolled),
  servers AS (SELECT k.course_id, k.guild_id FROM discord_server_configs k
    WHERE k.is_active AND k.ending_run_id IS NULL AND k.course_id IN (SELECT id FROM scope)),
  links AS (SELECT DISTINCT l.course_id FROM course_discord_links l WHERE l.course_id IN (SELECT id FROM scope)),
  by_link AS (SELECT e.user_id, e.course_id FROM enrolled e JOIN links l ON l.course_id = e.course_id)
  SELECT (SELECT count(*)::int FROM students) AS "enrolledStudents",
    (SELECT count(*)::int FROM students s JOIN user_discord_connections c ON c.user_id = s.user_id AND c.is_verified) AS "connectedUsers",
    (SELECT count(DISTINCT course_id)::int FROM servers) AS "coursesWithServer",
    (SELECT count(DISTINCT guild_id)::int FROM servers) AS "activeServers",
    (SELECT count(DISTINCT instructor_id)::int FROM scope) AS "instructors",
    (SELECT count(DISTINCT instructor_id)::int FROM scope WHERE id IN (SELECT course_id FROM servers)) AS "instructorsWithServer",
    (SELECT count(DISTINCT instructor_id)::int FROM scope WHERE id IN (SELECT course_id FROM links)) AS "instructorsWithLink",
    (SELECT count(*)::int FROM by_link) AS "enrolledByLink",
    (SELECT count(*)::int FROM by_link b WHERE EXISTS (SELECT FROM discord_integration_logs l
      WHERE l.user_id = b.user_id AND l.course_id = b.course_id AND l.action = 'click' AND l.created_at < $2)) AS "clicked",
    (SELECT count(*)::int FROM discord_memberships m
      WHERE m.generation > m.observed_generation AND m.course_id IN (SELECT id FROM scope)) AS "queueDepth"`;

const EVENTS = `
  WITH ${SCOPE}, ${ENTRIES},
  invited AS (SELECT user_id, course_id, guild_id, min(created_at) AS at FROM entries WHERE ${IS_SENT} GROUP BY 1, 2, 3),
  joined AS (SELECT DISTINCT membership_id FROM entries WHERE ${HAS_JOINED}),
  waits AS (SELECT extract(epoch FROM created_at - (details ->> 'waitedSince')::timestamptz) AS seconds
    FROM entries WHERE action = 'add' AND status = 'success' AND details ? 'waitedSince')
  SELECT (SELECT count(*)::int FROM entries WHERE ${IS_SENT}) AS "invitationsSent",
    (SELECT count(*)::int FROM invited) AS "invited",
    (SELECT count(*)::int FROM invited i WHERE EXISTS (SELECT FROM entries e WHERE e.user_id = i.user_id AND e.course_id = i.course_id
      AND e.guild_id = i.guild_id AND e.created_at >= i.at AND e.new_status = 'joined')) AS "invitedAndJoined",
    (SELECT count(*)::int FROM joined) AS "everJoined",
    (SELECT count(*)::int FROM joined j JOIN discord_memberships m ON m.id = j.membership_id AND m.status = 'joined') AS "stillJoined",
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::float FROM waits) AS "timeToRoleP50",
    (SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds)::float FROM waits) AS "timeToRoleP95"`;

/** A minute was up when the gateway was connected and not more than half of its calls failed. The minute that runs does not count yet. */
const MINUTES = `
  WITH ${SCOPE},
  span AS (
    SELECT date_trunc('minute', greatest($2::timestamptz, min(minute))) AS since, least($3::timestamptz, date_trunc('minute', now())) AS until
    FROM discord_service_minutes WHERE guild_id = '' HAVING count(*) > 0),
  minutes AS (SELECT m.* FROM discord_service_minutes m, span s WHERE m.guild_id = '' AND m.minute >= s.since AND m.minute < s.until),
  calls AS (SELECT m.* FROM discord_service_minutes m WHERE m.minute >= $2 AND m.minute < $3
    AND CASE WHEN $4 THEN m.guild_id = '' ELSE m.guild_id IN (
      SELECT k.guild_id FROM discord_server_configs k WHERE k.course_id IN (SELECT id FROM scope)) END)
  SELECT (SELECT coalesce(sum(calls), 0)::int FROM calls) AS "apiCalls",
    (SELECT coalesce(sum(failed_calls), 0)::int FROM calls) AS "failedCalls",
    (SELECT coalesce(sum(greatest(ceil(extract(epoch FROM until - since) / 60), 0)), 0)::int FROM span) AS "minutes",
    (SELECT count(*)::int FROM minutes WHERE gateway_ready AND failed_calls * 2 <= calls) AS "minutesUp"`;

const SERIES = `
  WITH ${SCOPE}, ${ENTRIES},
  points AS (
    SELECT p AT TIME ZONE 'UTC' AS at FROM generate_series(date_trunc($4, $2 AT TIME ZONE 'UTC'),
      ($3 AT TIME ZONE 'UTC') - interval '1 microsecond', ('1 ' || $4)::interval) p),
  counted AS (
    SELECT date_trunc($4, created_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS at,
      count(*) FILTER (WHERE ${HAS_JOINED})::int AS joined,
      count(*) FILTER (WHERE new_status = 'left' AND previous_status IS DISTINCT FROM 'left')::int AS "left",
      count(*) FILTER (WHERE new_status = 'removed' AND previous_status IS DISTINCT FROM 'removed')::int AS removed,
      count(*) FILTER (WHERE ${IS_SENT})::int AS invited,
      count(*) FILTER (WHERE status = 'failed')::int AS errors
    FROM entries GROUP BY 1)
  SELECT p.at, coalesce(c.joined, 0) AS joined, coalesce(c."left", 0) AS "left", coalesce(c.removed, 0) AS removed,
    coalesce(c.invited, 0) AS invited, coalesce(c.errors, 0) AS errors
  FROM points p LEFT JOIN counted c ON c.at = p.at ORDER BY p.at`;

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
      const ofEverything = courseId === null && seesEverything(caller);
      const minutes = await one<Minutes>(manager, MINUTES, [courseId, since, until, ofEverything]);
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
      manager.query<MetricsPointRow[]>(SERIES, [courseId, since, until, bucket.toLowerCase()]),
    );
  }
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
