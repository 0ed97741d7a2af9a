import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Jobs for which nobody waits carry the flag `bulk`, and some of the worker's slots take no such jobs: a student's mark,
 * and then the student, are served at once while servers are worked on in bulk.
 */
export class Urgency1763800000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION discord_add_job(name text, payload json, job_key text, job_key_mode text, run_at timestamptz, priority integer, max_attempts integer)
      RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE job bigint;
      BEGIN
        LOOP
          SELECT j.id INTO job FROM graphile_worker.add_job(name, payload, run_at => discord_add_job.run_at, max_attempts => discord_add_job.max_attempts,
            job_key => discord_add_job.job_key, priority => discord_add_job.priority, job_key_mode => discord_add_job.job_key_mode,
            flags => CASE WHEN discord_add_job.priority > 0 THEN ARRAY['bulk'] END) j;
          EXIT WHEN job IS NOT NULL;
        END LOOP;
        RETURN job;
      END $$;

      -- More people than fifty in one statement are an import, not students who wait at their screens. Even so their mark goes
      -- before all other work for which nobody waits.
      CREATE OR REPLACE FUNCTION discord_append_mark(mark jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE bulk boolean;
      BEGIN
        IF mark IS NULL OR mark = '{}'::jsonb THEN RETURN; END IF;
        bulk := mark ? 'courses'
          OR jsonb_array_length(coalesce(mark -> 'pairs', '[]')) + jsonb_array_length(coalesce(mark -> 'users', '[]')) > 50;
        PERFORM graphile_worker.add_job('mark-memberships', mark::json, priority => CASE WHEN bulk THEN 1 ELSE -10 END,
          flags => CASE WHEN bulk THEN ARRAY['bulk'] END);
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a mark could not be appended (%); the minute sweep will find it', SQLERRM;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION discord_add_job(name text, payload json, job_key text, job_key_mode text, run_at timestamptz, priority integer, max_attempts integer)
      RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE job bigint;
      BEGIN
        LOOP
          SELECT j.id INTO job FROM graphile_worker.add_job(name, payload, run_at => discord_add_job.run_at, max_attempts => discord_add_job.max_attempts,
            job_key => discord_add_job.job_key, priority => discord_add_job.priority, job_key_mode => discord_add_job.job_key_mode) j;
          EXIT WHEN job IS NOT NULL;
        END LOOP;
        RETURN job;
      END $$;

      CREATE OR REPLACE FUNCTION discord_append_mark(mark jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        IF mark IS NULL OR mark = '{}'::jsonb THEN RETURN; END IF;
        PERFORM graphile_worker.add_job('mark-memberships', mark::json, priority => -10);
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a mark could not be appended (%); the minute sweep will find it', SQLERRM;
      END $$;
    `);
  }
}
