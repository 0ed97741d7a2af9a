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

/** How long each took from the enrollment to the role, seconds. */
const WAITS = `SELECT created_at AS at, extract(epoch FROM created_at - (details ->> 'waitedSince')::timestamptz) AS seconds
    FROM entries WHERE action = 'add' AND status = 'success' AND details ? 'waitedSince'`;

/** How it stands: $1 the course or null, $2 the end of the window. */
export const COUNTS = `
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

/** What happened from $2 to $3. */
export const EVENTS = `
  WITH ${SCOPE}, ${ENTRIES},
  invited AS (SELECT user_id, course_id, guild_id, min(created_at) AS at FROM entries WHERE ${IS_SENT} GROUP BY 1, 2, 3),
  joined AS (SELECT DISTINCT membership_id FROM entries WHERE ${HAS_JOINED}),
  waits AS (${WAITS})
  SELECT (SELECT count(*)::int FROM entries WHERE ${IS_SENT}) AS "invitationsSent",
    (SELECT count(*)::int FROM invited) AS "invited",
    (SELECT count(*)::int FROM invited i WHERE EXISTS (SELECT FROM entries e WHERE e.user_id = i.user_id AND e.course_id = i.course_id
      AND e.guild_id = i.guild_id AND e.created_at >= i.at AND e.new_status = 'joined')) AS "invitedAndJoined",
    (SELECT count(*)::int FROM joined) AS "everJoined",
    (SELECT count(*)::int FROM joined j JOIN discord_memberships m ON m.id = j.membership_id AND m.status = 'joined') AS "stillJoined",
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::float FROM waits) AS "timeToRoleP50",
    (SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds)::float FROM waits) AS "timeToRoleP95"`;

/** The minutes of the servers in the scope, of the service as a whole where $4 says so. */
const CALLS = `calls AS (SELECT m.* FROM discord_service_minutes m WHERE m.minute >= $2 AND m.minute < $3
    AND CASE WHEN $4 THEN m.guild_id = '' ELSE m.guild_id IN (
      SELECT k.guild_id FROM discord_server_configs k WHERE k.course_id IN (SELECT id FROM scope)) END)`;

/** A minute was up when the gateway was connected and not more than half of its calls failed. The minute that runs does not count yet. */
export const MINUTES = `
  WITH ${SCOPE},
  span AS (
    SELECT date_trunc('minute', greatest($2::timestamptz, min(minute))) AS since, least($3::timestamptz, date_trunc('minute', now())) AS until
    FROM discord_service_minutes WHERE guild_id = '' HAVING count(*) > 0),
  minutes AS (SELECT m.* FROM discord_service_minutes m, span s WHERE m.guild_id = '' AND m.minute >= s.since AND m.minute < s.until),
  ${CALLS}
  SELECT (SELECT coalesce(sum(calls), 0)::int FROM calls) AS "apiCalls",
    (SELECT coalesce(sum(failed_calls), 0)::int FROM calls) AS "failedCalls",
    (SELECT coalesce(sum(greatest(ceil(extract(epoch FROM until - since) / 60), 0)), 0)::int FROM span) AS "minutes",
    (SELECT count(*)::int FROM minutes WHERE gateway_ready AND failed_calls * 2 <= calls) AS "minutesUp"`;

/** When an instant's bucket begins; $5 is how wide it is. */
const bucketOf = (instant: string) => `date_trunc($5, ${instant} AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`;

/** What happened from $2 to $3, bucket by bucket. */
export const SERIES = `
  WITH ${SCOPE}, ${ENTRIES}, ${CALLS},
  points AS (
    SELECT p AT TIME ZONE 'UTC' AS at FROM generate_series(date_trunc($5, $2 AT TIME ZONE 'UTC'),
      ($3 AT TIME ZONE 'UTC') - interval '1 microsecond', ('1 ' || $5)::interval) p),
  counted AS (
    SELECT ${bucketOf('created_at')} AS at,
      count(*) FILTER (WHERE ${HAS_JOINED})::int AS joined,
      count(*) FILTER (WHERE new_status = 'left' AND previous_status IS DISTINCT FROM 'left')::int AS "left",
      count(*) FILTER (WHERE new_status = 'removed' AND previous_status IS DISTINCT FROM 'removed')::int AS removed,
      count(*) FILTER (WHERE ${IS_SENT})::int AS invited,
      count(*) FILTER (WHERE status = 'failed')::int AS errors
    FROM entries GROUP BY 1),
  waited AS (
    SELECT ${bucketOf('at')} AS at, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::float AS p50,
      percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds)::float AS p95
    FROM (${WAITS}) w GROUP BY 1),
  called AS (
    SELECT ${bucketOf('minute')} AS at, sum(calls)::int AS calls, sum(failed_calls)::int AS failed, max(waiting) AS waiting
    FROM calls GROUP BY 1)
  SELECT p.at, coalesce(c.joined, 0) AS joined, coalesce(c."left", 0) AS "left", coalesce(c.removed, 0) AS removed,
    coalesce(c.invited, 0) AS invited, coalesce(c.errors, 0) AS errors,
    coalesce(d.calls, 0) AS "apiCalls", coalesce(d.failed, 0) AS "failedCalls", d.waiting AS "queueDepth",
    w.p50 AS "timeToRoleP50", w.p95 AS "timeToRoleP95"
  FROM points p LEFT JOIN counted c ON c.at = p.at LEFT JOIN waited w ON w.at = p.at LEFT JOIN called d ON d.at = p.at ORDER BY p.at`;

/** Somebody who is in several servers counts once, where they have come furthest. Without a connection one may still be in. */
export const FUNNEL = `
  WITH ${SCOPE},
  people AS (SELECT DISTINCT e.user_id FROM discord_taught_enrollments() e WHERE e.course_id IN (SELECT id FROM scope)),
  places AS (
    SELECT m.user_id, bool_or(m.invitation_sent_at IS NOT NULL OR m.joined_at IS NOT NULL) AS invited, bool_or(m.joined_at IS NOT NULL) AS joined,
      min(m.joined_at) FILTER (WHERE m.status = 'joined') AS since
    FROM discord_memberships m WHERE m.course_id IN (SELECT id FROM scope) GROUP BY 1)
  SELECT count(*)::int AS enrolled,
    count(*) FILTER (WHERE c.user_id IS NOT NULL OR p.joined)::int AS linked,
    count(*) FILTER (WHERE p.invited)::int AS invited,
    count(*) FILTER (WHERE p.joined)::int AS joined,
    count(*) FILTER (WHERE p.since <= $2::timestamptz - interval '7 days')::int AS "stayed7Days",
    count(*) FILTER (WHERE p.since <= $2::timestamptz - interval '30 days')::int AS "stayed30Days"
  FROM people e LEFT JOIN places p ON p.user_id = e.user_id LEFT JOIN user_discord_connections c ON c.user_id = e.user_id`;
