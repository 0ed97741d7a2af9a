import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The service's own tables. The platform's ids carry no foreign key: the platform must be able to delete a user or a
 * course, and our row is then the only record of whom we have to bring out of a server.
 */
export class Tables1763800000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE discord_server_configs (
        id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        course_id            uuid NOT NULL,
        instructor_id        uuid NOT NULL,
        guild_id             text NOT NULL CONSTRAINT discord_server_configs_guild_id_check CHECK (guild_id ~ '^[0-9]{17,20}$'),
        guild_name           text NOT NULL,
        invite_channel_id    text,
        student_role_id      text,
        welcome_message      text,
        is_active            boolean NOT NULL DEFAULT true,
        created_at           timestamptz NOT NULL DEFAULT now(),
        updated_at           timestamptz NOT NULL DEFAULT now(),
        -- Kept beside the ids so that a course deleted on the platform still has a name here.
        course_title         text NOT NULL DEFAULT '',
        removal_policy       text NOT NULL DEFAULT 'KICK'
          CONSTRAINT discord_server_configs_removal_policy_check CHECK (removal_policy IN ('KICK', 'REMOVE_ROLE', 'KEEP')),
        removal_grace_hours  integer NOT NULL DEFAULT 0
          CONSTRAINT discord_server_configs_grace_check CHECK (removal_grace_hours BETWEEN 0 AND 8760),
        drift_policy         text NOT NULL DEFAULT 'REPAIR'
          CONSTRAINT discord_server_configs_drift_policy_check CHECK (drift_policy IN ('REPAIR', 'RESPECT')),
        auto_invite          boolean NOT NULL DEFAULT true,
        adopt_existing       boolean NOT NULL DEFAULT false,
        role_after_screening boolean NOT NULL DEFAULT false,
        removals_paused      boolean NOT NULL DEFAULT false,
        CONSTRAINT discord_server_configs_course_guild_key UNIQUE (course_id, guild_id)
      );
      CREATE INDEX discord_server_configs_guild_idx ON discord_server_configs (guild_id);

      CREATE TABLE user_discord_connections (
        id                    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        user_id               uuid NOT NULL CONSTRAINT user_discord_connections_user_key UNIQUE,
        discord_user_id       text NOT NULL CONSTRAINT user_discord_connections_discord_user_key UNIQUE,
        discord_username      text NOT NULL,
        discord_discriminator text,
        avatar_url            text,
        access_token          text,
        refresh_token         text,
        expires_at            timestamptz,
        is_verified           boolean NOT NULL DEFAULT false,
        created_at            timestamptz NOT NULL DEFAULT now(),
        updated_at            timestamptz NOT NULL DEFAULT now(),
        global_name           text,
        scopes                text[] NOT NULL DEFAULT '{}',
        -- One process at a time spends the (single-use) refresh token: whoever holds the lease.
        refresh_lease         uuid,
        refresh_lease_until   timestamptz
      );

      CREATE TABLE discord_memberships (
        id                      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        user_id                 uuid NOT NULL,
        course_id               uuid NOT NULL,
        guild_id                text NOT NULL,
        discord_user_id         text,
        invitation_sent_at      timestamptz,
        joined_at               timestamptz,
        removed_at              timestamptz,
        status                  text NOT NULL DEFAULT 'pending'
          CONSTRAINT discord_memberships_status_check CHECK (status IN ('pending', 'invited', 'joined', 'removed', 'left')),
        invite_link             text,
        created_at              timestamptz NOT NULL DEFAULT now(),
        updated_at              timestamptz NOT NULL DEFAULT now(),
        reason                  text NOT NULL DEFAULT 'QUEUED',
        -- Level-triggered: a mark raises generation; a worker stores the generation it read. Dirty = they differ.
        generation              bigint NOT NULL DEFAULT 1,
        observed_generation     bigint NOT NULL DEFAULT 0,
        marked_at               timestamptz NOT NULL DEFAULT now(),
        -- 0 a student waits, 10 bulk, 20 cleanup.
        priority                smallint NOT NULL DEFAULT 0,
        -- When to look again although nothing was marked: end of a grace, expiry of an invite, retry after a failure.
        due_at                  timestamptz,
        attempts                integer NOT NULL DEFAULT 0,
        -- What people decided.
        requested               boolean NOT NULL DEFAULT false,
        left_by_choice          boolean NOT NULL DEFAULT false,
        removed_by_staff        boolean NOT NULL DEFAULT false,
        banned                  boolean NOT NULL DEFAULT false,
        -- What became of the removal that is due: let through by the brake, held until a person decides, cancelled (suspended), or
        -- undone (restored). Null until the brake has looked, and again when the enrollment is active.
        removal_state           text CONSTRAINT discord_memberships_removal_state_check
          CHECK (removal_state IN ('cleared', 'held', 'suspended', 'restored')),
        removal_run_id          uuid,
        -- When the enrollment that counts was first seen to have ended; null while it is active.
        ended_at                timestamptz,
        -- What we did.
        granted_role_id         text,
        acted_discord_user_id   text,
        brought_in_by_us        boolean NOT NULL DEFAULT false,
        removal_policy          text,
        removal_due_at          timestamptz,
        invite_code             text,
        invite_expires_at       timestamptz,
        -- The attempt in flight, written before its call: after a crash it tells our own doing from somebody else's.
        attempt                 text,
        attempt_at              timestamptz,
        attempt_discord_user_id text,
        -- What was last seen on Discord; null = not looked yet.
        is_member               boolean,
        seen_roles              text[],
        seen_joined_at          timestamptz,
        seen_pending            boolean NOT NULL DEFAULT false,
        seen_at                 timestamptz,
        seen_discord_user_id    text,
        run_id                  uuid,
        CONSTRAINT discord_memberships_user_course_guild_key UNIQUE (user_id, course_id, guild_id)
      );
      CREATE INDEX discord_memberships_dirty_idx ON discord_memberships (guild_id, priority, marked_at)
        WHERE generation > observed_generation;
      CREATE INDEX discord_memberships_due_idx ON discord_memberships (due_at) WHERE due_at IS NOT NULL;
      CREATE INDEX discord_memberships_course_idx ON discord_memberships (course_id, id);
      CREATE INDEX discord_memberships_guild_account_idx ON discord_memberships (guild_id, discord_user_id);
      CREATE INDEX discord_memberships_guild_acted_idx ON discord_memberships (guild_id, acted_discord_user_id)
        WHERE acted_discord_user_id IS NOT NULL;
      CREATE INDEX discord_memberships_run_idx ON discord_memberships (run_id) WHERE run_id IS NOT NULL;

      CREATE TABLE course_discord_links (
        id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        course_id           uuid NOT NULL,
        discord_invite_link text NOT NULL,
        server_name         text,
        created_at          timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE course_staff (
        course_id  uuid NOT NULL,
        user_id    uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (course_id, user_id)
      );

      -- A server as it was last checked. Work on a server that refuses us waits until paused_until, or until it is rechecked.
      CREATE TABLE discord_guilds (
        guild_id     text PRIMARY KEY,
        name         text NOT NULL,
        health       text NOT NULL DEFAULT 'UNCHECKED'
          CONSTRAINT discord_guilds_health_check CHECK (health IN ('HEALTHY', 'DEGRADED', 'UNREACHABLE', 'UNCHECKED')),
        paused_until timestamptz,
        checked_at   timestamptz,
        preflight    jsonb,
        updated_at   timestamptz NOT NULL DEFAULT now()
      );

      -- One worker per server: whoever holds the epoch. Every outcome is written only while the epoch is still its own.
      CREATE TABLE discord_guild_leases (
        guild_id     text PRIMARY KEY,
        holder       uuid NOT NULL,
        epoch        bigint NOT NULL DEFAULT 1,
        heartbeat_at timestamptz NOT NULL DEFAULT now(),
        released     boolean NOT NULL DEFAULT false
      );

      -- A run is a comparison that somebody asked for, a batch of removals, or the undoing of one.
      CREATE TABLE discord_sync_runs (
        id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        purpose      text NOT NULL DEFAULT 'SYNC' CONSTRAINT discord_sync_runs_purpose_check CHECK (purpose IN ('SYNC', 'REMOVALS', 'UNDO')),
        confirmed_by uuid,
        course_id    uuid,
        guild_id     text NOT NULL,
        status       text NOT NULL DEFAULT 'QUEUED' CONSTRAINT discord_sync_runs_status_check
          CHECK (status IN ('QUEUED', 'RUNNING', 'AWAITING_CONFIRMATION', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
        requested_by uuid,
        total        integer NOT NULL DEFAULT 0,
        done         integer NOT NULL DEFAULT 0,
        added        integer NOT NULL DEFAULT 0,
        invited      integer NOT NULL DEFAULT 0,
        role_changes integer NOT NULL DEFAULT 0,
        removed      integer NOT NULL DEFAULT 0,
        failed       integer NOT NULL DEFAULT 0,
        api_calls    integer NOT NULL DEFAULT 0,
        error        text,
        created_at   timestamptz NOT NULL DEFAULT now(),
        started_at   timestamptz,
        finished_at  timestamptz
      );
      CREATE INDEX discord_sync_runs_guild_idx ON discord_sync_runs (guild_id, created_at DESC);
      CREATE INDEX discord_sync_runs_course_idx ON discord_sync_runs (course_id, created_at DESC);
      CREATE INDEX discord_sync_runs_open_idx ON discord_sync_runs (guild_id) WHERE status IN ('QUEUED', 'RUNNING');

      -- Every removal that was done: what the brake counts, and what can be undone for seven days.
      CREATE TABLE discord_removals (
        id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        membership_id   uuid NOT NULL,
        run_id          uuid,
        user_id         uuid NOT NULL,
        course_id       uuid NOT NULL,
        guild_id        text NOT NULL,
        discord_user_id text NOT NULL,
        -- Staff removed the person, or they unlinked: nothing that the brake would count.
        asked           boolean NOT NULL,
        done_at         timestamptz NOT NULL DEFAULT now(),
        undone_at       timestamptz
      );
      CREATE INDEX discord_removals_guild_idx ON discord_removals (guild_id, done_at);
      CREATE INDEX discord_removals_run_idx ON discord_removals (run_id) WHERE run_id IS NOT NULL;

      -- One row per (membership, joining): who is still to be welcomed. The message itself is sent after the commit.
      CREATE TABLE discord_welcomes (
        id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        membership_id uuid NOT NULL,
        config_id     uuid NOT NULL,
        created_at    timestamptz NOT NULL DEFAULT now(),
        sent_at       timestamptz
      );
      CREATE INDEX discord_welcomes_unsent_idx ON discord_welcomes (config_id, created_at) WHERE sent_at IS NULL;

      -- Linking in progress: single use, ten minutes, bound to one browser (cookie) or one caller (bearer).
      CREATE TABLE discord_link_states (
        id            uuid PRIMARY KEY,
        user_id       uuid NOT NULL,
        browser_hash  text NOT NULL,
        code_verifier text NOT NULL,
        return_to     text,
        scopes        text[] NOT NULL,
        expires_at    timestamptz NOT NULL,
        used_at       timestamptz
      );
      CREATE INDEX discord_link_states_expires_idx ON discord_link_states (expires_at);

      -- With several replicas each slot of a schedule runs once: whoever inserts the row adds the job, in one transaction.
      CREATE TABLE cron_runs (
        name       text NOT NULL,
        slot       timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (name, slot)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE cron_runs, discord_link_states, discord_welcomes, discord_removals, discord_sync_runs, discord_guild_leases, discord_guilds,
        course_staff, course_discord_links, discord_memberships, user_discord_connections, discord_server_configs;
    `);
  }
}
