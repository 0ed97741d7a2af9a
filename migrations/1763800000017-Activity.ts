import { type MigrationInterface, type QueryRunner } from 'typeorm';

const EVERYBODY = 'PUBLIC, anon, authenticated, service_role, anycademy_api, anycademy_writer, anycademy_worker';

/** A function's text, with one part of it replaced. The function is otherwise as it was, with who may call it. */
const replaced = (signature: string, from: string, to: string): string => `
  DO $do$ BEGIN
    EXECUTE replace(pg_get_functiondef('${signature}'::regprocedure), $part$${from}$part$, $part$${to}$part$);
  END $do$;`;
const ERASE = 'discord_erase_from_log(uuid, text[])';
const MY_DATA = 'discord_my_data()';
/** Entries about others that name the person: they used somebody's invite, or removed somebody. */
const USED = `(l.details ? 'usedByDiscordUserId' AND l.details ->> 'usedByDiscordUserId' = ANY (accounts))`;
const REMOVED = `(l.details ? 'moderatorDiscordUserId' AND l.details ->> 'moderatorDiscordUserId' = ANY (accounts))`;
const WITHOUT_USER = `#- '{details,usedByDiscordUserId}'`;
const WITHOUT_MODERATOR = `#- '{details,moderatorDiscordUserId}'`;

/** What the bot hears besides: who wrote on which day, where that is counted; who removed a student; and whose turn it is. */
export class Activity1763800000017 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Which student wrote in which server on which day (in UTC): no message, no channel, no time of day, and nobody else.
      CREATE TABLE discord_active_days (
        day      date NOT NULL,
        guild_id text NOT NULL,
        user_id  uuid NOT NULL,
        PRIMARY KEY (day, guild_id, user_id)
      );
      CREATE INDEX discord_active_days_user_idx ON discord_active_days (user_id);

      REVOKE ALL ON discord_active_days FROM ${EVERYBODY};
      ALTER TABLE discord_active_days ENABLE ROW LEVEL SECURITY;
      CREATE POLICY "The service sees every row" ON discord_active_days FOR SELECT TO service_role, anycademy_writer USING (true);
      CREATE POLICY "The service writes" ON discord_active_days FOR ALL TO service_role, anycademy_writer USING (true) WITH CHECK (true);
      -- Whoever teaches is told how many, not who.
      CREATE POLICY "People can view their own days" ON discord_active_days FOR SELECT TO authenticated
        USING (user_id = (SELECT auth.uid()));
      GRANT SELECT ON discord_active_days TO authenticated;
      GRANT SELECT, INSERT, DELETE ON discord_active_days TO service_role;
      GRANT SELECT, DELETE ON discord_active_days TO anycademy_writer;

      -- Of the students who are in the servers of a course (of all that the caller teaches, for admins of all), how many have written
      -- there in the seven days up to this one.
      CREATE FUNCTION discord_weekly_activity(course uuid, until date) RETURNS TABLE (joined integer, active integer)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
        WITH students AS (
          SELECT m.user_id, bool_or(EXISTS (SELECT FROM public.discord_active_days d
            WHERE d.user_id = m.user_id AND d.guild_id = m.guild_id AND d.day > until - 7 AND d.day <= until)) AS wrote
          FROM public.discord_memberships m
          WHERE m.status = 'joined' AND (course IS NULL OR m.course_id = course)
            AND ((SELECT public.discord_is_admin()) OR m.course_id IN (SELECT public.discord_taught()))
          GROUP BY m.user_id
        )
        SELECT count(*)::integer, count(*) FILTER (WHERE s.wrote)::integer FROM students s
      $$;
      REVOKE ALL ON FUNCTION discord_weekly_activity(uuid, date) FROM ${EVERYBODY};
      GRANT EXECUTE ON FUNCTION discord_weekly_activity(uuid, date) TO authenticated;

      -- When it is a comparison's turn: those of all servers are spread over time.
      ALTER TABLE discord_sync_runs ADD COLUMN due_at timestamptz NOT NULL DEFAULT now();

      -- The log names the moderator who removed a student: taken out when they erase what names them, and nobody else's to export.
      CREATE INDEX discord_integration_logs_moderator_idx ON discord_integration_logs ((details ->> 'moderatorDiscordUserId'))
        WHERE details ? 'moderatorDiscordUserId';
      ${replaced(ERASE, USED, `${USED} OR ${REMOVED}`)}
      ${replaced(MY_DATA, WITHOUT_USER, `${WITHOUT_USER} ${WITHOUT_MODERATOR}`)}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${replaced(ERASE, `${USED} OR ${REMOVED}`, USED)}
      ${replaced(MY_DATA, `${WITHOUT_USER} ${WITHOUT_MODERATOR}`, WITHOUT_USER)}
      DROP INDEX discord_integration_logs_moderator_idx;
      ALTER TABLE discord_sync_runs DROP COLUMN due_at;
      DROP FUNCTION discord_weekly_activity(uuid, date);
      DROP TABLE discord_active_days;
    `);
  }
}
