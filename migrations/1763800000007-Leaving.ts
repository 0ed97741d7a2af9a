import { type MigrationInterface, type QueryRunner } from 'typeorm';

const EVERYBODY = 'PUBLIC, anon, authenticated, service_role, anycademy_api, anycademy_writer, anycademy_worker';

/** The triggers in the platform's own transactions. */
const TRIGGERS = ['handle_enrollment_discord_sync()', 'discord_mark_course()', 'discord_mark_user()'];

/**
 * The platform goes its own way: it changes the columns that it need not have, and it deletes what it likes, and neither
 * waits for us nor fails because of us. And people leave: what is kept of them can be seen and erased.
 */
export class Leaving1763800000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A view that names a column keeps its owner from dropping the column or changing its type. These functions take a whole row,
    // and find their columns by name whenever a statement is planned: one that is not there is found in "absent". They are put in
    // place of their calls by the planner, which then reads the columns themselves.
    await runner.query(`
      CREATE OR REPLACE FUNCTION discord_utc(value timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS 'SELECT value';
      CREATE OR REPLACE FUNCTION discord_utc(value timestamp) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$ SELECT value AT TIME ZONE 'UTC' $$;
      CREATE OR REPLACE FUNCTION discord_utc(value date) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$ SELECT value::timestamp AT TIME ZONE 'UTC' $$;
      CREATE OR REPLACE FUNCTION discord_utc(value text) RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT value::timestamptz';
      -- What is no time ends nothing.
      CREATE OR REPLACE FUNCTION discord_utc(value anyelement) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS 'SELECT NULL::timestamptz';

      CREATE OR REPLACE FUNCTION discord_enrollment_facts(enrollment course_enrollments) RETURNS TABLE (status text, expires_at timestamptz)
      LANGUAGE sql STABLE AS $$
        SELECT found.status, found.expires_at
        FROM (SELECT NULL::text AS status, NULL::timestamptz AS expires_at) absent,
          LATERAL (SELECT status::text AS status, public.discord_utc(expires_at) AS expires_at FROM (SELECT (enrollment).*) present) found
      $$;
      CREATE OR REPLACE FUNCTION discord_course_facts(course courses) RETURNS TABLE (title text) LANGUAGE sql STABLE AS $$
        SELECT found.title FROM (SELECT '' AS title) absent, LATERAL (SELECT title::text AS title FROM (SELECT (course).*) present) found
      $$;
      CREATE OR REPLACE FUNCTION discord_user_facts(person auth.users) RETURNS TABLE (display_name text, role text) LANGUAGE sql STABLE AS $$
        SELECT found.display_name, found.role
        FROM (SELECT NULL::jsonb AS raw_user_meta_data, NULL::jsonb AS raw_app_meta_data) absent,
          LATERAL (
            SELECT coalesce(raw_user_meta_data ->> 'full_name', raw_user_meta_data ->> 'name') AS display_name,
                   coalesce(raw_app_meta_data ->> 'role', 'student') AS role
            FROM (SELECT (person).*) present) found
      $$;

      CREATE OR REPLACE VIEW discord_enrollment_rows AS
        SELECT e.user_id, e.course_id, f.status, f.expires_at,
               discord_enrollment_is_active(f.status, f.expires_at,
                 (SELECT s.value FROM discord_settings s WHERE s.name = 'enrollment_active_statuses')) AS active
        FROM course_enrollments e, LATERAL discord_enrollment_facts(e) f;
      CREATE OR REPLACE VIEW discord_users AS
        SELECT u.id, f.display_name, f.role FROM auth.users u, LATERAL discord_user_facts(u) f;
      CREATE OR REPLACE VIEW discord_visible_courses WITH (security_barrier = true) AS
        SELECT c.id, f.title, c.instructor_id FROM courses c, LATERAL discord_course_facts(c) f
        WHERE (SELECT discord_is_admin()) OR c.id IN (SELECT discord_taught()) OR c.id IN (SELECT discord_enrolled())
           OR c.id IN (SELECT m.course_id FROM discord_memberships m WHERE m.user_id = (SELECT auth.uid()))
        UNION ALL
        SELECT DISTINCT ON (k.course_id) k.course_id, k.course_title, k.instructor_id FROM discord_server_configs k
        WHERE NOT EXISTS (SELECT FROM courses c WHERE c.id = k.course_id)
          AND (k.instructor_id = (SELECT auth.uid()) OR (SELECT discord_is_admin()));
      DROP FUNCTION discord_refresh_platform_views();
    `);
    for (const name of [
      'discord_utc(timestamptz)',
      'discord_utc(timestamp)',
      'discord_utc(date)',
      'discord_utc(text)',
      'discord_utc(anyelement)',
      'discord_enrollment_facts(course_enrollments)',
    ]) {
      await runner.query(`
        REVOKE ALL ON FUNCTION ${name} FROM ${EVERYBODY};
        GRANT EXECUTE ON FUNCTION ${name} TO service_role, anycademy_writer;`);
    }
    for (const name of ['discord_course_facts(courses)', 'discord_user_facts(auth.users)']) {
      await runner.query(`
        REVOKE ALL ON FUNCTION ${name} FROM ${EVERYBODY};
        GRANT EXECUTE ON FUNCTION ${name} TO authenticated, service_role, anycademy_writer;`);
    }

    await runner.query(`
      -- Reads columns by name, as the view does. What can fail because of us is caught: where the settings cannot be read, nobody
      -- outside is notified, and the mark is appended all the same.
      CREATE OR REPLACE FUNCTION handle_enrollment_discord_sync() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE
        old_users uuid[]; old_courses uuid[]; old_statuses text[]; old_expiries timestamptz[];
        new_users uuid[]; new_courses uuid[]; new_statuses text[]; new_expiries timestamptz[];
        users uuid[]; courses uuid[]; active_before bigint[]; active_after bigint[];
        counting jsonb;
      BEGIN
        IF TG_OP = 'TRUNCATE' THEN
          PERFORM public.discord_append_mark((SELECT jsonb_build_object('courses', jsonb_agg(c.course_id)) FROM (
            SELECT k.course_id FROM public.discord_server_configs k UNION SELECT m.course_id FROM public.discord_memberships m) c
            HAVING count(*) > 0));
          RETURN NULL;
        END IF;
        BEGIN
          counting := (SELECT s.value FROM public.discord_settings s WHERE s.name = 'enrollment_active_statuses');
        EXCEPTION WHEN OTHERS THEN
          counting := NULL;
        END;
        IF TG_OP <> 'INSERT' THEN
          SELECT array_agg(r.user_id), array_agg(r.course_id), array_agg(r.status), array_agg(r.expires_at)
          INTO old_users, old_courses, old_statuses, old_expiries
          FROM (SELECT NULL::text AS status, NULL::timestamptz AS expires_at) absent,
            LATERAL (SELECT user_id, course_id, status::text AS status, public.discord_utc(expires_at) AS expires_at FROM old_rows) r;
        END IF;
        IF TG_OP <> 'DELETE' THEN
          SELECT array_agg(r.user_id), array_agg(r.course_id), array_agg(r.status), array_agg(r.expires_at)
          INTO new_users, new_courses, new_statuses, new_expiries
          FROM (SELECT NULL::text AS status, NULL::timestamptz AS expires_at) absent,
            LATERAL (SELECT user_id, course_id, status::text AS status, public.discord_utc(expires_at) AS expires_at FROM new_rows) r;
        END IF;
        -- Rows are compared by (user, course): a row whose pair was changed is an end there and a beginning here.
        WITH o AS (
          SELECT r.u, r.c, jsonb_agg(jsonb_build_array(r.s, r.x) ORDER BY r.s, r.x) AS entries,
                 count(*) FILTER (WHERE public.discord_enrollment_is_active(r.s, r.x, counting)) AS active
          FROM unnest(old_users, old_courses, old_statuses, old_expiries) AS r(u, c, s, x) GROUP BY r.u, r.c
        ), n AS (
          SELECT r.u, r.c, jsonb_agg(jsonb_build_array(r.s, r.x) ORDER BY r.s, r.x) AS entries,
                 count(*) FILTER (WHERE public.discord_enrollment_is_active(r.s, r.x, counting)) AS active
          FROM unnest(new_users, new_courses, new_statuses, new_expiries) AS r(u, c, s, x) GROUP BY r.u, r.c
        )
        SELECT array_agg(coalesce(n.u, o.u)), array_agg(coalesce(n.c, o.c)), array_agg(coalesce(o.active, 0)), array_agg(coalesce(n.active, 0))
        INTO users, courses, active_before, active_after
        FROM o FULL JOIN n ON n.u = o.u AND n.c = o.c WHERE o.entries IS DISTINCT FROM n.entries;

        PERFORM public.discord_append_mark(public.discord_enrollment_mark(users, courses));
        IF counting IS NOT NULL THEN
          PERFORM public.discord_notify_enrollments(users, courses, active_before, active_after);
        END IF;
        RETURN NULL;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: an enrollment change was not marked (%); the minute sweep will find it', SQLERRM;
        RETURN NULL;
      END $$;
    `);

    // Whoever writes there must not wait for somebody who has locked a table of ours: then the sweep finds what was not marked.
    for (const name of TRIGGERS) await runner.query(`ALTER FUNCTION ${name} SET lock_timeout = '200ms'`);

    await runner.query(`
      -- Accounts that are not linked any more. Their ids stay in memberships until nothing of ours is left on Discord, and no
      -- longer than seven days; then this row goes too.
      CREATE TABLE discord_unlinked_accounts (
        user_id         uuid NOT NULL,
        discord_user_id text NOT NULL,
        -- The person asked that nothing be kept: of what is logged meanwhile neither.
        from_log        boolean NOT NULL DEFAULT false,
        unlinked_at     timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, discord_user_id)
      );
      REVOKE ALL ON discord_unlinked_accounts FROM ${EVERYBODY};
      ALTER TABLE discord_unlinked_accounts ENABLE ROW LEVEL SECURITY;
      CREATE POLICY "The service sees every row" ON discord_unlinked_accounts FOR SELECT TO service_role, anycademy_writer USING (true);
      CREATE POLICY "The service writes" ON discord_unlinked_accounts FOR ALL TO service_role, anycademy_writer USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT, UPDATE, DELETE ON discord_unlinked_accounts TO service_role, anycademy_writer;

      -- Since when nobody owns the course's server any more; told once.
      ALTER TABLE discord_server_configs ADD COLUMN ownerless_since timestamptz;

      -- Nothing reads it: a removal is counted and undone by its membership.
      ALTER TABLE discord_removals DROP COLUMN discord_user_id;
      CREATE INDEX discord_memberships_attempt_idx ON discord_memberships (attempt_discord_user_id) WHERE attempt_discord_user_id IS NOT NULL;
      CREATE INDEX discord_integration_logs_actor_idx ON discord_integration_logs (actor_id) WHERE actor_id IS NOT NULL;
      -- Who came in by somebody else's invite: the one place where an entry about one person names another's account.
      ALTER TABLE discord_memberships ADD COLUMN invite_used_by text;
      CREATE INDEX discord_integration_logs_used_by_idx ON discord_integration_logs ((details ->> 'usedByDiscordUserId'))
        WHERE details ? 'usedByDiscordUserId';

      -- The only way in which an entry of the log ever changes: what identifies a person is taken out, what was done stays.
      CREATE FUNCTION discord_erase_from_log(person uuid, accounts text[]) RETURNS bigint
      LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
        WITH ids AS (
          SELECT string_agg(a, '|') AS pattern FROM unnest(accounts) a WHERE a ~ '^[0-9]{17,20}$'
        ), entries AS (
          SELECT l.id, l.details, l.error_message,
                 CASE WHEN l.user_id = person THEN l.details - '{discordUserId,discordUsername,globalName,displayName,avatarUrl}'::text[]
                        -- What staff wrote about the person, in their own words.
                        - CASE WHEN l.action = 'remove' THEN 'reason' ELSE '' END
                      ELSE l.details END AS rest
          FROM public.discord_integration_logs l
          WHERE l.user_id = person OR (l.details ? 'usedByDiscordUserId' AND l.details ->> 'usedByDiscordUserId' = ANY (accounts))
        ), erased AS (
          SELECT e.id,
                 CASE WHEN i.pattern IS NULL THEN e.rest ELSE regexp_replace(e.rest::text, i.pattern, 'erased', 'g')::jsonb END AS details,
                 CASE WHEN i.pattern IS NULL THEN e.error_message ELSE regexp_replace(e.error_message, i.pattern, 'erased', 'g') END AS error_message
          FROM entries e, ids i
        ), written AS (
          UPDATE public.discord_integration_logs l SET details = e.details, error_message = e.error_message
          FROM erased e WHERE e.id = l.id AND (l.details, l.error_message) IS DISTINCT FROM (e.details, e.error_message) RETURNING 1
        )
        SELECT count(*) FROM written
      $$;
      REVOKE ALL ON FUNCTION discord_erase_from_log(uuid, text[]) FROM ${EVERYBODY};
      GRANT EXECUTE ON FUNCTION discord_erase_from_log(uuid, text[]) TO service_role, anycademy_writer;

      -- A grant that could not be revoked within seven days is not remembered any longer: the job names the account.
      CREATE FUNCTION discord_drop_revocations() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
        SELECT graphile_worker.complete_jobs(array_agg(j.id)) FROM graphile_worker._private_jobs j
        WHERE j.task_id = (SELECT t.id FROM graphile_worker._private_tasks t WHERE t.identifier = 'revoke-tokens')
          AND j.created_at < now() - interval '7 days' AND j.locked_at IS NULL
        HAVING count(*) > 0
      $$;
      REVOKE ALL ON FUNCTION discord_drop_revocations() FROM ${EVERYBODY};
      GRANT EXECUTE ON FUNCTION discord_drop_revocations() TO service_role;

      -- All that is kept about whoever asks, but for secrets. Of what they did to others only that they did it.
      CREATE FUNCTION discord_my_data() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
        WITH me AS (SELECT auth.uid() AS id)
        SELECT jsonb_build_object(
          'user_id', me.id,
          'connection', (SELECT to_jsonb(c) - '{access_token,refresh_token,refresh_lease,refresh_lease_until}'::text[]
            FROM public.user_discord_connections c WHERE c.user_id = me.id),
          'unlinked_accounts', (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.unlinked_at), '[]')
            FROM public.discord_unlinked_accounts a WHERE a.user_id = me.id),
          'linking', (SELECT coalesce(jsonb_agg(jsonb_build_object('return_to', s.return_to, 'scopes', s.scopes, 'expires_at', s.expires_at,
              'used_at', s.used_at) ORDER BY s.expires_at), '[]')
            FROM public.discord_link_states s WHERE s.user_id = me.id),
          'memberships', (SELECT coalesce(jsonb_agg(to_jsonb(m) - 'invite_used_by' ORDER BY m.created_at, m.id), '[]')
            FROM public.discord_memberships m WHERE m.user_id = me.id),
          'removals', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.done_at), '[]') FROM public.discord_removals r WHERE r.user_id = me.id),
          'log', (SELECT coalesce(jsonb_agg(to_jsonb(l) #- '{details,usedByDiscordUserId}' ORDER BY l.seq), '[]')
            FROM public.discord_log l WHERE l.user_id = me.id),
          'actions', (SELECT coalesce(jsonb_agg(jsonb_build_object('action', l.action, 'status', l.status, 'course_id', l.course_id,
              'guild_id', l.guild_id, 'created_at', l.created_at) ORDER BY l.seq), '[]')
            FROM public.discord_log l WHERE l.actor_id = me.id AND l.user_id IS DISTINCT FROM me.id),
          'server_configs', (SELECT coalesce(jsonb_agg(to_jsonb(k) ORDER BY k.created_at), '[]')
            FROM public.discord_server_configs k WHERE k.instructor_id = me.id),
          'teaching', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.created_at), '[]') FROM public.course_staff t WHERE t.user_id = me.id))
        FROM me
      $$;
      REVOKE ALL ON FUNCTION discord_my_data() FROM ${EVERYBODY};
      GRANT EXECUTE ON FUNCTION discord_my_data() TO authenticated;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of TRIGGERS) await runner.query(`ALTER FUNCTION ${name} RESET lock_timeout`);
    await runner.query(`
      DROP FUNCTION discord_my_data();
      DROP FUNCTION discord_drop_revocations();
      DROP FUNCTION discord_erase_from_log(uuid, text[]);
      DROP INDEX discord_integration_logs_used_by_idx, discord_integration_logs_actor_idx, discord_memberships_attempt_idx;
      ALTER TABLE discord_memberships DROP COLUMN invite_used_by;
      ALTER TABLE discord_server_configs DROP COLUMN ownerless_since;
      ALTER TABLE discord_removals ADD COLUMN discord_user_id text;
      DROP TABLE discord_unlinked_accounts;
      -- The views go on reading by name: a column that is named again would stand in the platform's way again.
    `);
  }
}
