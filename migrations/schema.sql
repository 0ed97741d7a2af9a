-- What the migrations make. Written by "npm run schema"; compared by "npm run check".

-- Tables

auth.users.id  uuid NOT NULL DEFAULT gen_random_uuid()
auth.users.email  text
auth.users.raw_user_meta_data  jsonb
auth.users.raw_app_meta_data  jsonb
course_discord_links.id  uuid NOT NULL DEFAULT gen_random_uuid()
course_discord_links.course_id  uuid NOT NULL
course_discord_links.discord_invite_link  text NOT NULL
course_discord_links.server_name  text
course_discord_links.created_at  timestamp with time zone NOT NULL DEFAULT now()
course_discord_links.guild_id  text
course_discord_links.working  boolean
course_discord_links.checked_at  timestamp with time zone
course_enrollments.id  uuid NOT NULL DEFAULT gen_random_uuid()
course_enrollments.user_id  uuid NOT NULL
course_enrollments.course_id  uuid NOT NULL
course_enrollments.status  text NOT NULL DEFAULT 'active'::text
course_enrollments.expires_at  timestamp with time zone
course_enrollments.created_at  timestamp with time zone NOT NULL DEFAULT now()
course_staff.course_id  uuid NOT NULL
course_staff.user_id  uuid NOT NULL
course_staff.created_at  timestamp with time zone NOT NULL DEFAULT now()
courses.id  uuid NOT NULL DEFAULT gen_random_uuid()
courses.title  text NOT NULL
courses.instructor_id  uuid NOT NULL
cron_runs.name  text NOT NULL
cron_runs.slot  timestamp with time zone NOT NULL
cron_runs.created_at  timestamp with time zone NOT NULL DEFAULT now()
discord_active_days.day  date NOT NULL
discord_active_days.guild_id  text NOT NULL
discord_active_days.user_id  uuid NOT NULL
discord_ended_sessions.id  uuid NOT NULL
discord_ended_sessions.expires_at  timestamp with time zone NOT NULL
discord_enrollment_deliveries.webhook_id  text NOT NULL
discord_enrollment_deliveries.body_hash  text NOT NULL
discord_enrollment_deliveries.answer  text
discord_enrollment_deliveries.received_at  timestamp with time zone NOT NULL DEFAULT now()
discord_enrollment_events.user_id  uuid NOT NULL
discord_enrollment_events.course_id  uuid NOT NULL
discord_enrollment_events.type  text NOT NULL
discord_enrollment_events.occurred_at  timestamp with time zone NOT NULL
discord_guild_leases.guild_id  text NOT NULL
discord_guild_leases.holder  uuid NOT NULL
discord_guild_leases.epoch  bigint NOT NULL DEFAULT 1
discord_guild_leases.heartbeat_at  timestamp with time zone NOT NULL DEFAULT now()
discord_guild_leases.released  boolean NOT NULL DEFAULT false
discord_guilds.guild_id  text NOT NULL
discord_guilds.name  text NOT NULL
discord_guilds.health  text NOT NULL DEFAULT 'UNCHECKED'::text
discord_guilds.paused_until  timestamp with time zone
discord_guilds.checked_at  timestamp with time zone
discord_guilds.preflight  jsonb
discord_guilds.updated_at  timestamp with time zone NOT NULL DEFAULT now()
discord_guilds.changed_at  timestamp with time zone
discord_integration_logs.id  uuid NOT NULL DEFAULT gen_random_uuid()
discord_integration_logs.user_id  uuid
discord_integration_logs.course_id  uuid
discord_integration_logs.guild_id  text
discord_integration_logs.action  text NOT NULL
discord_integration_logs.status  text NOT NULL
discord_integration_logs.details  jsonb
discord_integration_logs.error_message  text
discord_integration_logs.created_at  timestamp with time zone NOT NULL DEFAULT now()
discord_integration_logs.actor_id  uuid
discord_integration_logs.run_id  uuid
discord_integration_logs.membership_id  uuid
discord_integration_logs.previous_status  text
discord_integration_logs.new_status  text
discord_integration_logs.reason  text
discord_link_states.id  uuid NOT NULL
discord_link_states.user_id  uuid
discord_link_states.browser_hash  text NOT NULL
discord_link_states.code_verifier  text NOT NULL
discord_link_states.return_to  text
discord_link_states.scopes  text[] NOT NULL
discord_link_states.expires_at  timestamp with time zone NOT NULL
discord_link_states.used_at  timestamp with time zone
discord_link_visits.link_id  uuid NOT NULL
discord_link_visits.course_id  uuid NOT NULL
discord_link_visits.user_id  uuid NOT NULL
discord_link_visits.guild_id  text
discord_link_visits.first_clicked_at  timestamp with time zone NOT NULL DEFAULT clock_timestamp()
discord_link_visits.clicks  integer NOT NULL DEFAULT 1
discord_link_visits.enrolled_at  timestamp with time zone NOT NULL DEFAULT clock_timestamp()
discord_link_visits.confirmed_member  boolean
discord_log_sequence.seq  bigint NOT NULL
discord_log_sequence.log_id  uuid NOT NULL
discord_memberships.id  uuid NOT NULL DEFAULT gen_random_uuid()
discord_memberships.user_id  uuid NOT NULL
discord_memberships.course_id  uuid NOT NULL
discord_memberships.guild_id  text NOT NULL
discord_memberships.discord_user_id  text
discord_memberships.invitation_sent_at  timestamp with time zone
discord_memberships.joined_at  timestamp with time zone
discord_memberships.removed_at  timestamp with time zone
discord_memberships.status  text NOT NULL DEFAULT 'pending'::text
discord_memberships.invite_link  text
discord_memberships.created_at  timestamp with time zone NOT NULL DEFAULT now()
discord_memberships.updated_at  timestamp with time zone NOT NULL DEFAULT now()
discord_memberships.reason  text NOT NULL DEFAULT 'QUEUED'::text
discord_memberships.generation  bigint NOT NULL DEFAULT 1
discord_memberships.observed_generation  bigint NOT NULL DEFAULT 0
discord_memberships.marked_at  timestamp with time zone NOT NULL DEFAULT now()
discord_memberships.priority  smallint NOT NULL DEFAULT 0
discord_memberships.due_at  timestamp with time zone
discord_memberships.attempts  integer NOT NULL DEFAULT 0
discord_memberships.requested  boolean NOT NULL DEFAULT false
discord_memberships.left_by_choice  boolean NOT NULL DEFAULT false
discord_memberships.removed_by_staff  boolean NOT NULL DEFAULT false
discord_memberships.banned  boolean NOT NULL DEFAULT false
discord_memberships.removal_state  text
discord_memberships.removal_run_id  uuid
discord_memberships.ended_at  timestamp with time zone
discord_memberships.granted_role_id  text
discord_memberships.acted_discord_user_id  text
discord_memberships.brought_in_by_us  boolean NOT NULL DEFAULT false
discord_memberships.removal_policy  text
discord_memberships.removal_due_at  timestamp with time zone
discord_memberships.invite_code  text
discord_memberships.invite_expires_at  timestamp with time zone
discord_memberships.attempt  text
discord_memberships.attempt_at  timestamp with time zone
discord_memberships.attempt_discord_user_id  text
discord_memberships.is_member  boolean
discord_memberships.seen_roles  text[]
discord_memberships.seen_joined_at  timestamp with time zone
discord_memberships.seen_pending  boolean NOT NULL DEFAULT false
discord_memberships.seen_at  timestamp with time zone
discord_memberships.seen_discord_user_id  text
discord_memberships.run_id  uuid
discord_memberships.invite_used_by  text
discord_memberships.removed_by_moderator  boolean NOT NULL DEFAULT false
discord_memberships.traces  jsonb NOT NULL DEFAULT '[]'::jsonb
discord_memberships.refused_at  timestamp with time zone
discord_memberships.staff_invited_at  timestamp with time zone
discord_migrations.id  integer NOT NULL DEFAULT nextval('discord_migrations_id_seq'::regclass)
discord_migrations.timestamp  bigint NOT NULL
discord_migrations.name  character varying NOT NULL
discord_open_invites.code  text NOT NULL
discord_open_invites.guild_id  text NOT NULL
discord_open_invites.expires_at  timestamp with time zone NOT NULL
discord_removals.id  uuid NOT NULL DEFAULT gen_random_uuid()
discord_removals.membership_id  uuid NOT NULL
discord_removals.run_id  uuid
discord_removals.user_id  uuid NOT NULL
discord_removals.course_id  uuid NOT NULL
discord_removals.guild_id  text NOT NULL
discord_removals.asked  boolean NOT NULL
discord_removals.done_at  timestamp with time zone NOT NULL DEFAULT now()
discord_removals.undone_at  timestamp with time zone
discord_server_configs.id  uuid NOT NULL DEFAULT gen_random_uuid()
discord_server_configs.course_id  uuid NOT NULL
discord_server_configs.instructor_id  uuid NOT NULL
discord_server_configs.guild_id  text NOT NULL
discord_server_configs.guild_name  text NOT NULL
discord_server_configs.invite_channel_id  text
discord_server_configs.student_role_id  text
discord_server_configs.welcome_message  text
discord_server_configs.is_active  boolean NOT NULL DEFAULT true
discord_server_configs.created_at  timestamp with time zone NOT NULL DEFAULT now()
discord_server_configs.updated_at  timestamp with time zone NOT NULL DEFAULT now()
discord_server_configs.course_title  text NOT NULL DEFAULT ''::text
discord_server_configs.removal_policy  text NOT NULL DEFAULT 'KICK'::text
discord_server_configs.removal_grace_hours  integer NOT NULL DEFAULT 0
discord_server_configs.drift_policy  text NOT NULL DEFAULT 'REPAIR'::text
discord_server_configs.auto_invite  boolean NOT NULL DEFAULT true
discord_server_configs.adopt_existing  boolean NOT NULL DEFAULT false
discord_server_configs.role_after_screening  boolean NOT NULL DEFAULT false
discord_server_configs.removals_paused  boolean NOT NULL DEFAULT false
discord_server_configs.ending_run_id  uuid
discord_server_configs.ownerless_since  timestamp with time zone
discord_service_minutes.minute  timestamp with time zone NOT NULL
discord_service_minutes.guild_id  text NOT NULL DEFAULT ''::text
discord_service_minutes.gateway_ready  boolean NOT NULL DEFAULT false
discord_service_minutes.calls  integer NOT NULL DEFAULT 0
discord_service_minutes.failed_calls  integer NOT NULL DEFAULT 0
discord_service_minutes.waiting  integer
discord_settings.name  text NOT NULL
discord_settings.value  jsonb NOT NULL
discord_sync_runs.id  uuid NOT NULL DEFAULT gen_random_uuid()
discord_sync_runs.purpose  text NOT NULL DEFAULT 'SYNC'::text
discord_sync_runs.confirmed_by  uuid
discord_sync_runs.course_id  uuid
discord_sync_runs.guild_id  text NOT NULL
discord_sync_runs.status  text NOT NULL DEFAULT 'QUEUED'::text
discord_sync_runs.requested_by  uuid
discord_sync_runs.total  integer NOT NULL DEFAULT 0
discord_sync_runs.done  integer NOT NULL DEFAULT 0
discord_sync_runs.added  integer NOT NULL DEFAULT 0
discord_sync_runs.invited  integer NOT NULL DEFAULT 0
discord_sync_runs.role_changes  integer NOT NULL DEFAULT 0
discord_sync_runs.removed  integer NOT NULL DEFAULT 0
discord_sync_runs.failed  integer NOT NULL DEFAULT 0
discord_sync_runs.api_calls  integer NOT NULL DEFAULT 0
discord_sync_runs.error  text
discord_sync_runs.created_at  timestamp with time zone NOT NULL DEFAULT now()
discord_sync_runs.started_at  timestamp with time zone
discord_sync_runs.finished_at  timestamp with time zone
discord_sync_runs.deleted_config  jsonb
discord_sync_runs.due_at  timestamp with time zone NOT NULL DEFAULT now()
discord_unlinked_accounts.user_id  uuid NOT NULL
discord_unlinked_accounts.discord_user_id  text NOT NULL
discord_unlinked_accounts.from_log  boolean NOT NULL DEFAULT false
discord_unlinked_accounts.unlinked_at  timestamp with time zone NOT NULL DEFAULT now()
discord_user_settings.user_id  uuid NOT NULL
discord_user_settings.direct_messages  boolean NOT NULL DEFAULT false
discord_user_settings.changed_at  timestamp with time zone NOT NULL DEFAULT now()
discord_user_settings.enrolled_at  timestamp with time zone NOT NULL DEFAULT now()
discord_webhook_deliveries.id  uuid NOT NULL DEFAULT gen_random_uuid()
discord_webhook_deliveries.endpoint_id  uuid NOT NULL
discord_webhook_deliveries.seq  bigint NOT NULL
discord_webhook_deliveries.membership_id  uuid
discord_webhook_deliveries.status  text NOT NULL DEFAULT 'pending'::text
discord_webhook_deliveries.attempts  integer NOT NULL DEFAULT 0
discord_webhook_deliveries.due_at  timestamp with time zone NOT NULL DEFAULT now()
discord_webhook_deliveries.claimed_until  timestamp with time zone
discord_webhook_deliveries.last_error  text
discord_webhook_deliveries.queued_at  timestamp with time zone NOT NULL DEFAULT now()
discord_webhook_deliveries.finished_at  timestamp with time zone
discord_webhook_deliveries.subject  uuid NOT NULL DEFAULT COALESCE(membership_id, '00000000-0000-0000-0000-000000000000'::uuid)
discord_webhook_endpoints.id  uuid NOT NULL DEFAULT gen_random_uuid()
discord_webhook_endpoints.url  text NOT NULL
discord_webhook_endpoints.secret  text NOT NULL
discord_webhook_endpoints.is_active  boolean NOT NULL DEFAULT true
discord_webhook_endpoints.log_seq  bigint NOT NULL
discord_webhook_endpoints.failures  integer NOT NULL DEFAULT 0
discord_webhook_endpoints.rest_until  timestamp with time zone
discord_webhook_endpoints.created_by  uuid NOT NULL
discord_webhook_endpoints.created_at  timestamp with time zone NOT NULL DEFAULT now()
discord_webhook_endpoints.updated_at  timestamp with time zone NOT NULL DEFAULT now()
discord_welcomes.id  uuid NOT NULL DEFAULT gen_random_uuid()
discord_welcomes.membership_id  uuid NOT NULL
discord_welcomes.config_id  uuid NOT NULL
discord_welcomes.created_at  timestamp with time zone NOT NULL DEFAULT now()
discord_welcomes.sent_at  timestamp with time zone
user_discord_connections.id  uuid NOT NULL DEFAULT gen_random_uuid()
user_discord_connections.user_id  uuid NOT NULL
user_discord_connections.discord_user_id  text NOT NULL
user_discord_connections.discord_username  text NOT NULL
user_discord_connections.discord_discriminator  text
user_discord_connections.avatar_url  text
user_discord_connections.access_token  text
user_discord_connections.refresh_token  text
user_discord_connections.expires_at  timestamp with time zone
user_discord_connections.is_verified  boolean NOT NULL DEFAULT false
user_discord_connections.created_at  timestamp with time zone NOT NULL DEFAULT now()
user_discord_connections.updated_at  timestamp with time zone NOT NULL DEFAULT now()
user_discord_connections.global_name  text
user_discord_connections.scopes  text[] NOT NULL DEFAULT '{}'::text[]
user_discord_connections.refresh_lease  uuid
user_discord_connections.refresh_lease_until  timestamp with time zone
user_discord_connections.enrolled_at  timestamp with time zone NOT NULL DEFAULT now()

-- Constraints

auth.users  users_pkey  PRIMARY KEY (id)
course_discord_links  course_discord_links_course_key  UNIQUE (course_id)
course_discord_links  course_discord_links_pkey  PRIMARY KEY (id)
course_enrollments  course_enrollments_pkey  PRIMARY KEY (id)
course_enrollments  course_enrollments_user_id_course_id_key  UNIQUE (user_id, course_id)
course_staff  course_staff_pkey  PRIMARY KEY (course_id, user_id)
courses  courses_pkey  PRIMARY KEY (id)
cron_runs  cron_runs_pkey  PRIMARY KEY (name, slot)
discord_active_days  discord_active_days_pkey  PRIMARY KEY (day, guild_id, user_id)
discord_ended_sessions  discord_ended_sessions_pkey  PRIMARY KEY (id)
discord_enrollment_deliveries  discord_enrollment_deliveries_pkey  PRIMARY KEY (webhook_id)
discord_enrollment_events  discord_enrollment_events_pkey  PRIMARY KEY (user_id, course_id)
discord_guild_leases  discord_guild_leases_pkey  PRIMARY KEY (guild_id)
discord_guilds  discord_guilds_health_check  CHECK ((health = ANY (ARRAY['HEALTHY'::text, 'DEGRADED'::text, 'UNREACHABLE'::text, 'UNCHECKED'::text])))
discord_guilds  discord_guilds_pkey  PRIMARY KEY (guild_id)
discord_integration_logs  discord_integration_logs_pkey  PRIMARY KEY (id)
discord_integration_logs  discord_integration_logs_seq  TRIGGER DEFERRABLE INITIALLY DEFERRED
discord_integration_logs  discord_integration_logs_status_check  CHECK ((status = ANY (ARRAY['success'::text, 'failed'::text, 'pending'::text])))
discord_link_states  discord_link_states_pkey  PRIMARY KEY (id)
discord_link_visits  discord_link_visits_pkey  PRIMARY KEY (link_id, user_id)
discord_log_sequence  discord_log_sequence_log_key  UNIQUE (log_id)
discord_log_sequence  discord_log_sequence_pkey  PRIMARY KEY (seq)
discord_memberships  discord_memberships_pkey  PRIMARY KEY (id)
discord_memberships  discord_memberships_removal_state_check  CHECK ((removal_state = ANY (ARRAY['cleared'::text, 'held'::text, 'suspended'::text, 'restored'::text])))
discord_memberships  discord_memberships_status_check  CHECK ((status = ANY (ARRAY['pending'::text, 'invited'::text, 'joined'::text, 'removed'::text, 'left'::text])))
discord_memberships  discord_memberships_user_course_guild_key  UNIQUE (user_id, course_id, guild_id)
discord_migrations  PK_a762f2ece495ba6ab5963abd705  PRIMARY KEY (id)
discord_open_invites  discord_open_invites_pkey  PRIMARY KEY (code)
discord_removals  discord_removals_pkey  PRIMARY KEY (id)
discord_server_configs  discord_server_configs_course_guild_key  UNIQUE (course_id, guild_id)
discord_server_configs  discord_server_configs_drift_policy_check  CHECK ((drift_policy = ANY (ARRAY['REPAIR'::text, 'RESPECT'::text])))
discord_server_configs  discord_server_configs_grace_check  CHECK (((removal_grace_hours >= 0) AND (removal_grace_hours <= 8760)))
discord_server_configs  discord_server_configs_guild_id_check  CHECK ((guild_id ~ '^[0-9]{17,20}$'::text))
discord_server_configs  discord_server_configs_pkey  PRIMARY KEY (id)
discord_server_configs  discord_server_configs_removal_policy_check  CHECK ((removal_policy = ANY (ARRAY['KICK'::text, 'REMOVE_ROLE'::text, 'KEEP'::text])))
discord_service_minutes  discord_service_minutes_pkey  PRIMARY KEY (minute, guild_id)
discord_settings  discord_settings_pkey  PRIMARY KEY (name)
discord_sync_runs  discord_sync_runs_pkey  PRIMARY KEY (id)
discord_sync_runs  discord_sync_runs_purpose_check  CHECK ((purpose = ANY (ARRAY['SYNC'::text, 'REMOVALS'::text, 'UNDO'::text, 'DELETION'::text, 'INVITE'::text])))
discord_sync_runs  discord_sync_runs_status_check  CHECK ((status = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'AWAITING_CONFIRMATION'::text, 'SUCCEEDED'::text, 'FAILED'::text, 'CANCELLED'::text])))
discord_unlinked_accounts  discord_unlinked_accounts_pkey  PRIMARY KEY (user_id, discord_user_id)
discord_user_settings  discord_user_settings_pkey  PRIMARY KEY (user_id)
discord_webhook_deliveries  discord_webhook_deliveries_endpoint_fkey  FOREIGN KEY (endpoint_id) REFERENCES discord_webhook_endpoints(id) ON DELETE CASCADE
discord_webhook_deliveries  discord_webhook_deliveries_once_key  UNIQUE (endpoint_id, seq)
discord_webhook_deliveries  discord_webhook_deliveries_pkey  PRIMARY KEY (id)
discord_webhook_deliveries  discord_webhook_deliveries_status_check  CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
discord_webhook_endpoints  discord_webhook_endpoints_pkey  PRIMARY KEY (id)
discord_webhook_endpoints  discord_webhook_endpoints_url_key  UNIQUE (url)
discord_welcomes  discord_welcomes_pkey  PRIMARY KEY (id)
user_discord_connections  user_discord_connections_discord_user_key  UNIQUE (discord_user_id)
user_discord_connections  user_discord_connections_pkey  PRIMARY KEY (id)
user_discord_connections  user_discord_connections_user_key  UNIQUE (user_id)

-- Indexes

CREATE UNIQUE INDEX course_discord_links_course_key ON public.course_discord_links USING btree (course_id)
CREATE UNIQUE INDEX course_discord_links_pkey ON public.course_discord_links USING btree (id)
CREATE INDEX course_enrollments_course_idx ON public.course_enrollments USING btree (course_id)
CREATE UNIQUE INDEX course_enrollments_pkey ON public.course_enrollments USING btree (id)
CREATE UNIQUE INDEX course_enrollments_user_id_course_id_key ON public.course_enrollments USING btree (user_id, course_id)
CREATE UNIQUE INDEX course_staff_pkey ON public.course_staff USING btree (course_id, user_id)
CREATE INDEX courses_instructor_idx ON public.courses USING btree (instructor_id)
CREATE UNIQUE INDEX courses_pkey ON public.courses USING btree (id)
CREATE UNIQUE INDEX cron_runs_pkey ON public.cron_runs USING btree (name, slot)
CREATE UNIQUE INDEX discord_active_days_pkey ON public.discord_active_days USING btree (day, guild_id, user_id)
CREATE INDEX discord_active_days_user_idx ON public.discord_active_days USING btree (user_id)
CREATE INDEX discord_ended_sessions_expires_idx ON public.discord_ended_sessions USING btree (expires_at)
CREATE UNIQUE INDEX discord_ended_sessions_pkey ON public.discord_ended_sessions USING btree (id)
CREATE UNIQUE INDEX discord_enrollment_deliveries_pkey ON public.discord_enrollment_deliveries USING btree (webhook_id)
CREATE INDEX discord_enrollment_deliveries_received_idx ON public.discord_enrollment_deliveries USING btree (received_at)
CREATE UNIQUE INDEX discord_enrollment_events_pkey ON public.discord_enrollment_events USING btree (user_id, course_id)
CREATE UNIQUE INDEX discord_guild_leases_pkey ON public.discord_guild_leases USING btree (guild_id)
CREATE UNIQUE INDEX discord_guilds_pkey ON public.discord_guilds USING btree (guild_id)
CREATE INDEX discord_integration_logs_actor_idx ON public.discord_integration_logs USING btree (actor_id) WHERE (actor_id IS NOT NULL)
CREATE INDEX discord_integration_logs_course_idx ON public.discord_integration_logs USING btree (course_id, created_at)
CREATE INDEX discord_integration_logs_moderator_idx ON public.discord_integration_logs USING btree (((details ->> 'moderatorDiscordUserId'::text))) WHERE (details ? 'moderatorDiscordUserId'::text)
CREATE UNIQUE INDEX discord_integration_logs_pkey ON public.discord_integration_logs USING btree (id)
CREATE INDEX discord_integration_logs_time_idx ON public.discord_integration_logs USING btree (created_at)
CREATE INDEX discord_integration_logs_used_by_idx ON public.discord_integration_logs USING btree (((details ->> 'usedByDiscordUserId'::text))) WHERE (details ? 'usedByDiscordUserId'::text)
CREATE INDEX discord_integration_logs_user_idx ON public.discord_integration_logs USING btree (user_id, created_at)
CREATE INDEX discord_link_states_expires_idx ON public.discord_link_states USING btree (expires_at)
CREATE UNIQUE INDEX discord_link_states_pkey ON public.discord_link_states USING btree (id)
CREATE UNIQUE INDEX discord_link_visits_pkey ON public.discord_link_visits USING btree (link_id, user_id)
CREATE INDEX discord_link_visits_user_idx ON public.discord_link_visits USING btree (user_id, guild_id)
CREATE UNIQUE INDEX discord_log_sequence_log_key ON public.discord_log_sequence USING btree (log_id)
CREATE UNIQUE INDEX discord_log_sequence_pkey ON public.discord_log_sequence USING btree (seq)
CREATE INDEX discord_memberships_attempt_idx ON public.discord_memberships USING btree (attempt_discord_user_id) WHERE (attempt_discord_user_id IS NOT NULL)
CREATE INDEX discord_memberships_course_idx ON public.discord_memberships USING btree (course_id, id)
CREATE INDEX discord_memberships_dirty_idx ON public.discord_memberships USING btree (guild_id, priority, marked_at) WHERE (generation > observed_generation)
CREATE INDEX discord_memberships_due_idx ON public.discord_memberships USING btree (due_at) WHERE (due_at IS NOT NULL)
CREATE INDEX discord_memberships_guild_account_idx ON public.discord_memberships USING btree (guild_id, discord_user_id)
CREATE INDEX discord_memberships_guild_acted_idx ON public.discord_memberships USING btree (guild_id, acted_discord_user_id) WHERE (acted_discord_user_id IS NOT NULL)
CREATE UNIQUE INDEX discord_memberships_pkey ON public.discord_memberships USING btree (id)
CREATE INDEX discord_memberships_run_idx ON public.discord_memberships USING btree (run_id) WHERE (run_id IS NOT NULL)
CREATE INDEX discord_memberships_traces_idx ON public.discord_memberships USING btree (guild_id) WHERE (traces <> '[]'::jsonb)
CREATE UNIQUE INDEX discord_memberships_user_course_guild_key ON public.discord_memberships USING btree (user_id, course_id, guild_id)
CREATE UNIQUE INDEX "PK_a762f2ece495ba6ab5963abd705" ON public.discord_migrations USING btree (id)
CREATE INDEX discord_open_invites_guild_idx ON public.discord_open_invites USING btree (guild_id)
CREATE UNIQUE INDEX discord_open_invites_pkey ON public.discord_open_invites USING btree (code)
CREATE INDEX discord_removals_guild_idx ON public.discord_removals USING btree (guild_id, done_at)
CREATE UNIQUE INDEX discord_removals_pkey ON public.discord_removals USING btree (id)
CREATE INDEX discord_removals_run_idx ON public.discord_removals USING btree (run_id) WHERE (run_id IS NOT NULL)
CREATE UNIQUE INDEX discord_server_configs_course_guild_key ON public.discord_server_configs USING btree (course_id, guild_id)
CREATE INDEX discord_server_configs_guild_idx ON public.discord_server_configs USING btree (guild_id)
CREATE UNIQUE INDEX discord_server_configs_pkey ON public.discord_server_configs USING btree (id)
CREATE UNIQUE INDEX discord_service_minutes_pkey ON public.discord_service_minutes USING btree (minute, guild_id)
CREATE UNIQUE INDEX discord_settings_pkey ON public.discord_settings USING btree (name)
CREATE INDEX discord_sync_runs_course_idx ON public.discord_sync_runs USING btree (course_id, created_at DESC)
CREATE INDEX discord_sync_runs_guild_idx ON public.discord_sync_runs USING btree (guild_id, created_at DESC)
CREATE INDEX discord_sync_runs_open_idx ON public.discord_sync_runs USING btree (guild_id) WHERE (status = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text]))
CREATE UNIQUE INDEX discord_sync_runs_pkey ON public.discord_sync_runs USING btree (id)
CREATE UNIQUE INDEX discord_unlinked_accounts_pkey ON public.discord_unlinked_accounts USING btree (user_id, discord_user_id)
CREATE UNIQUE INDEX discord_user_settings_pkey ON public.discord_user_settings USING btree (user_id)
CREATE INDEX discord_webhook_deliveries_due_idx ON public.discord_webhook_deliveries USING btree (endpoint_id, due_at) WHERE (status = 'pending'::text)
CREATE INDEX discord_webhook_deliveries_finished_idx ON public.discord_webhook_deliveries USING btree (finished_at) WHERE (finished_at IS NOT NULL)
CREATE UNIQUE INDEX discord_webhook_deliveries_once_key ON public.discord_webhook_deliveries USING btree (endpoint_id, seq)
CREATE INDEX discord_webhook_deliveries_pending_idx ON public.discord_webhook_deliveries USING btree (endpoint_id, subject, seq) WHERE (status = 'pending'::text)
CREATE UNIQUE INDEX discord_webhook_deliveries_pkey ON public.discord_webhook_deliveries USING btree (id)
CREATE UNIQUE INDEX discord_webhook_endpoints_pkey ON public.discord_webhook_endpoints USING btree (id)
CREATE UNIQUE INDEX discord_webhook_endpoints_url_key ON public.discord_webhook_endpoints USING btree (url)
CREATE UNIQUE INDEX discord_welcomes_pkey ON public.discord_welcomes USING btree (id)
CREATE INDEX discord_welcomes_unsent_idx ON public.discord_welcomes USING btree (config_id, created_at) WHERE (sent_at IS NULL)
CREATE UNIQUE INDEX user_discord_connections_discord_user_key ON public.user_discord_connections USING btree (discord_user_id)
CREATE UNIQUE INDEX user_discord_connections_pkey ON public.user_discord_connections USING btree (id)
CREATE UNIQUE INDEX user_discord_connections_user_key ON public.user_discord_connections USING btree (user_id)
CREATE UNIQUE INDEX users_pkey ON auth.users USING btree (id)

-- Views

discord_enrollment_rows
 SELECT e.user_id,
    e.course_id,
    f.status,
    f.expires_at,
    discord_enrollment_is_active(f.status, f.expires_at, ( SELECT s.value
           FROM discord_settings s
          WHERE s.name = 'enrollment_active_statuses'::text)) AS active
   FROM course_enrollments e,
    LATERAL discord_enrollment_facts(e.*) f(status, expires_at);
discord_enrollments
 SELECT DISTINCT ON (user_id, course_id) user_id,
    course_id,
    status,
    expires_at,
    active
   FROM discord_enrollment_rows r
  ORDER BY user_id, course_id, active DESC, expires_at DESC;
discord_log  (security_invoker=true)
 SELECT s.seq,
    l.id,
    l.user_id,
    l.course_id,
    l.guild_id,
    l.action,
    l.status,
    l.details,
    l.error_message,
    l.created_at,
    l.actor_id,
    l.run_id,
    l.membership_id,
    l.previous_status,
    l.new_status,
    l.reason
   FROM discord_log_sequence s
     JOIN discord_integration_logs l ON l.id = s.log_id;
discord_taught_students  (security_barrier=true)
 SELECT m.user_id
   FROM discord_memberships m
  WHERE m.course_id = ANY ((ARRAY( SELECT discord_taught() AS discord_taught)))
UNION ALL
 SELECT e.user_id
   FROM course_enrollments e
  WHERE e.course_id = ANY ((ARRAY( SELECT discord_taught() AS discord_taught)));
discord_teaching
 SELECT c.id AS course_id,
    c.instructor_id AS user_id
   FROM courses c
UNION ALL
 SELECT s.course_id,
    s.user_id
   FROM course_staff s
UNION ALL
 SELECT k.course_id,
    k.instructor_id AS user_id
   FROM discord_server_configs k
  WHERE NOT (EXISTS ( SELECT
           FROM courses c
          WHERE c.id = k.course_id));
discord_users
 SELECT u.id,
    f.display_name,
    f.role
   FROM auth.users u,
    LATERAL discord_user_facts(u.*) f(display_name, role);
discord_visible_courses  (security_barrier=true)
 SELECT c.id,
    f.title,
    c.instructor_id
   FROM courses c,
    LATERAL discord_course_facts(c.*) f(title)
  WHERE ( SELECT discord_is_admin() AS discord_is_admin) OR (c.id IN ( SELECT discord_taught() AS discord_taught)) OR (c.id IN ( SELECT discord_enrolled() AS discord_enrolled)) OR (c.id IN ( SELECT m.course_id
           FROM discord_memberships m
          WHERE m.user_id = (( SELECT auth.uid() AS uid))))
UNION ALL
 SELECT DISTINCT ON (k.course_id) k.course_id AS id,
    k.course_title AS title,
    k.instructor_id
   FROM discord_server_configs k
  WHERE NOT (EXISTS ( SELECT
           FROM courses c
          WHERE c.id = k.course_id)) AND (k.instructor_id = (( SELECT auth.uid() AS uid)) OR ( SELECT discord_is_admin() AS discord_is_admin));
discord_visible_staff  (security_barrier=true)
 SELECT s.course_id,
    s.user_id,
    u.display_name,
    s.created_at
   FROM course_staff s
     JOIN discord_users u ON u.id = s.user_id
  WHERE ( SELECT discord_is_admin() AS discord_is_admin) OR (s.course_id IN ( SELECT discord_taught() AS discord_taught));
discord_visible_users  (security_barrier=true)
 SELECT id,
    display_name
   FROM discord_users u
  WHERE id = (( SELECT auth.uid() AS uid)) OR ( SELECT discord_is_admin() AS discord_is_admin) OR (EXISTS ( SELECT
           FROM discord_taught_students s
          WHERE s.user_id = u.id)) OR (id = ANY ((ARRAY( SELECT t.user_id
           FROM discord_teaching t
          WHERE (t.course_id IN ( SELECT discord_taught() AS discord_taught))))));

-- Functions

CREATE OR REPLACE FUNCTION auth.jwt()
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb $function$
CREATE OR REPLACE FUNCTION auth.uid()
 RETURNS uuid
 LANGUAGE sql
 STABLE
AS $function$ SELECT (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $function$
CREATE OR REPLACE FUNCTION public.discord_add_job(name text, payload json, job_key text, job_key_mode text, run_at timestamp with time zone, priority integer, max_attempts integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
      DECLARE job bigint;
      BEGIN
        LOOP
          SELECT j.id INTO job FROM graphile_worker.add_job(name, payload, run_at => discord_add_job.run_at, max_attempts => discord_add_job.max_attempts,
            job_key => discord_add_job.job_key, priority => discord_add_job.priority, job_key_mode => discord_add_job.job_key_mode,
            flags => CASE WHEN discord_add_job.priority > 0 THEN ARRAY['bulk'] END) j;
          EXIT WHEN job IS NOT NULL;
        END LOOP;
        RETURN job;
      END $function$
CREATE OR REPLACE FUNCTION public.discord_append_mark(mark jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
      DECLARE bulk boolean;
      BEGIN
        IF mark IS NULL OR mark = '{}'::jsonb THEN RETURN; END IF;
        bulk := mark ? 'courses'
          OR jsonb_array_length(coalesce(mark -> 'pairs', '[]')) + jsonb_array_length(coalesce(mark -> 'users', '[]')) > 50;
        PERFORM graphile_worker.add_job('mark-memberships', mark::json, priority => CASE WHEN bulk THEN 1 ELSE -10 END,
          flags => CASE WHEN bulk THEN ARRAY['bulk'] END);
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a mark could not be appended (%); the minute sweep will find it', SQLERRM;
      END $function$
CREATE OR REPLACE FUNCTION public.discord_course_facts(course courses)
 RETURNS TABLE(title text)
 LANGUAGE sql
 STABLE
AS $function$
        SELECT found.title FROM (SELECT '' AS title) absent, LATERAL (SELECT title::text AS title FROM (SELECT (course).*) present) found
      $function$
CREATE OR REPLACE FUNCTION public.discord_course_stats(courses uuid[])
 RETURNS TABLE(course_id uuid, enrolled integer, linked integer, invited integer, joined integer, left_by_choice integer, removed integer, pending integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
        WITH wanted AS (
          SELECT w.id FROM (SELECT DISTINCT unnest(courses) AS id) w
          WHERE (SELECT public.discord_is_admin()) OR w.id IN (SELECT public.discord_taught())
        ), students AS (
          SELECT DISTINCT ON (m.course_id, m.user_id) m.course_id, m.status
          FROM public.discord_memberships m WHERE m.course_id IN (SELECT w.id FROM wanted w)
          ORDER BY m.course_id, m.user_id, CASE
            WHEN m.reason = 'REMOVAL_HELD' THEN 0
            WHEN m.reason = 'SERVER_NOT_READY' THEN 1
            WHEN m.status = 'invited' AND m.reason = 'INVITE_EXPIRED' THEN 2
            WHEN m.status = 'pending' AND m.reason NOT IN ('QUEUED', 'NOT_INVITED', 'DISCORD_UNAVAILABLE') THEN 2
            WHEN m.status = 'pending' THEN 3
            WHEN m.status = 'left' THEN 4
            WHEN m.status = 'invited' THEN 5
            WHEN m.status = 'joined' THEN 6
            ELSE 7 END
        ), standing AS (
          SELECT s.course_id, count(*) FILTER (WHERE s.status = 'invited')::integer AS invited, count(*) FILTER (WHERE s.status = 'joined')::integer AS joined,
            count(*) FILTER (WHERE s.status = 'left')::integer AS gone, count(*) FILTER (WHERE s.status = 'removed')::integer AS removed,
            count(*) FILTER (WHERE s.status = 'pending')::integer AS pending
          FROM students s GROUP BY s.course_id
        ), roster AS (
          SELECT e.course_id, count(*)::integer AS enrolled, count(c.user_id)::integer AS linked
          FROM public.discord_enrollments e LEFT JOIN public.user_discord_connections c ON c.user_id = e.user_id
          WHERE e.active AND e.course_id IN (SELECT w.id FROM wanted w) GROUP BY e.course_id
        )
        SELECT w.id, coalesce(r.enrolled, 0), coalesce(r.linked, 0), coalesce(s.invited, 0), coalesce(s.joined, 0), coalesce(s.gone, 0),
          coalesce(s.removed, 0), coalesce(s.pending, 0)
        FROM wanted w LEFT JOIN roster r ON r.course_id = w.id LEFT JOIN standing s ON s.course_id = w.id
      $function$
CREATE OR REPLACE FUNCTION public.discord_drop_revocations()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
        SELECT graphile_worker.complete_jobs(array_agg(j.id)) FROM graphile_worker._private_jobs j
        WHERE j.task_id = (SELECT t.id FROM graphile_worker._private_tasks t WHERE t.identifier = 'revoke-tokens')
          AND j.created_at < now() - interval '7 days' AND j.locked_at IS NULL
        HAVING count(*) > 0
      $function$
CREATE OR REPLACE FUNCTION public.discord_enrolled()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
        SELECT e.course_id FROM public.discord_enrollments e WHERE e.user_id = (SELECT auth.uid()) AND e.active
      $function$
CREATE OR REPLACE FUNCTION public.discord_enrollment_facts(enrollment course_enrollments)
 RETURNS TABLE(status text, expires_at timestamp with time zone)
 LANGUAGE sql
 STABLE
AS $function$
        SELECT found.status, found.expires_at
        FROM (SELECT NULL::text AS status, NULL::timestamptz AS expires_at) absent,
          LATERAL (SELECT status::text AS status, public.discord_utc(expires_at) AS expires_at FROM (SELECT (enrollment).*) present) found
      $function$
CREATE OR REPLACE FUNCTION public.discord_enrollment_is_active(status text, expires_at timestamp with time zone, counting jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN (((expires_at IS NULL) OR (expires_at > now())) AND ((status IS NULL) OR (counting ? status)))
CREATE OR REPLACE FUNCTION public.discord_enrollment_mark(users uuid[], courses uuid[])
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
        SELECT CASE
          WHEN coalesce(cardinality(users), 0) = 0 THEN NULL
          WHEN cardinality(users) > 1000 THEN
            (SELECT jsonb_build_object('courses', jsonb_agg(DISTINCT c)) FROM unnest(courses) c)
          ELSE
            (SELECT jsonb_build_object('pairs', jsonb_agg(DISTINCT jsonb_build_array(p.u, p.c)))
             FROM unnest(users, courses) AS p(u, c))
        END
      $function$
CREATE OR REPLACE FUNCTION public.discord_erase_from_log(person uuid, accounts text[])
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
        WITH ids AS (
          SELECT string_agg(a, '|') AS pattern FROM unnest(accounts) a WHERE a ~ '^[0-9]{17,20}$'
        ), entries AS (
          SELECT l.id, l.details, l.error_message,
                 CASE WHEN l.user_id = person THEN l.details - '{discordUserId,discordUsername,globalName,displayName,avatarUrl}'::text[]
                        -- What staff wrote about the person, in their own words.
                        - CASE WHEN l.action = 'remove' THEN 'reason' ELSE '' END
                      ELSE l.details END AS rest
          FROM public.discord_integration_logs l
          WHERE l.user_id = person OR (l.details ? 'usedByDiscordUserId' AND l.details ->> 'usedByDiscordUserId' = ANY (accounts)) OR (l.details ? 'moderatorDiscordUserId' AND l.details ->> 'moderatorDiscordUserId' = ANY (accounts))
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
      $function$
CREATE OR REPLACE FUNCTION public.discord_is_admin()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
        SELECT coalesce(auth.jwt() -> 'app_metadata' ->> 'role' = 'admin' OR auth.jwt() ->> 'role' = 'service_role', false)
      $function$
CREATE OR REPLACE FUNCTION public.discord_log_give_seq()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
      BEGIN
        -- 0x616e7963 = "anyc". Transaction-scoped: released by the commit that makes the row visible, never before.
        PERFORM pg_advisory_xact_lock(1634629987, 1);
        INSERT INTO public.discord_log_sequence (seq, log_id) VALUES (nextval('public.discord_log_seq'), NEW.id);
        PERFORM pg_notify('discord_log', '');
        RETURN NULL;
      END $function$
CREATE OR REPLACE FUNCTION public.discord_mark_config()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
      DECLARE ids uuid[];
      BEGIN
        IF TG_OP = 'INSERT' THEN
          SELECT array_agg(DISTINCT n.course_id) INTO ids FROM new_rows n;
        ELSIF TG_OP = 'DELETE' THEN
          SELECT array_agg(DISTINCT o.course_id) INTO ids FROM old_rows o;
        ELSE
          SELECT array_agg(DISTINCT c) INTO ids FROM new_rows n JOIN old_rows o ON o.id = n.id, unnest(ARRAY[n.course_id, o.course_id]) c
          WHERE (n.course_id, n.guild_id, n.student_role_id, n.removal_policy, n.removal_grace_hours, n.is_active, n.auto_invite,
                 n.drift_policy, n.adopt_existing, n.role_after_screening, n.removals_paused)
                IS DISTINCT FROM
                (o.course_id, o.guild_id, o.student_role_id, o.removal_policy, o.removal_grace_hours, o.is_active, o.auto_invite,
                 o.drift_policy, o.adopt_existing, o.role_after_screening, o.removals_paused);
        END IF;
        IF ids IS NOT NULL THEN
          PERFORM public.discord_append_mark(jsonb_build_object('courses', to_jsonb(ids)));
        END IF;
        RETURN NULL;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a changed server configuration was not marked (%)', SQLERRM;
        RETURN NULL;
      END $function$
CREATE OR REPLACE FUNCTION public.discord_mark_connection()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
      DECLARE ids uuid[];
      BEGIN
        IF TG_OP = 'INSERT' THEN
          SELECT array_agg(n.user_id) INTO ids FROM new_rows n;
        ELSIF TG_OP = 'DELETE' THEN
          SELECT array_agg(o.user_id) INTO ids FROM old_rows o;
        ELSE
          SELECT array_agg(DISTINCT n.user_id) INTO ids FROM new_rows n JOIN old_rows o ON o.id = n.id
          WHERE (n.user_id, n.discord_user_id, n.scopes, n.is_verified) IS DISTINCT FROM (o.user_id, o.discord_user_id, o.scopes, o.is_verified);
        END IF;
        IF ids IS NOT NULL THEN
          PERFORM public.discord_append_mark(jsonb_build_object('users', to_jsonb(ids)));
        END IF;
        RETURN NULL;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a changed Discord connection was not marked (%)', SQLERRM;
        RETURN NULL;
      END $function$
CREATE OR REPLACE FUNCTION public.discord_mark_course()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
 SET lock_timeout TO '200ms'
AS $function$
      DECLARE ids uuid[];
      BEGIN
        IF TG_OP = 'DELETE' THEN
          SELECT array_agg(o.id) INTO ids FROM old_rows o;
        ELSE
          SELECT array_agg(n.id) INTO ids FROM new_rows n JOIN old_rows o ON o.id = n.id
          WHERE n.title IS DISTINCT FROM o.title OR n.instructor_id IS DISTINCT FROM o.instructor_id;
        END IF;
        IF ids IS NOT NULL THEN
          PERFORM public.discord_append_mark(jsonb_build_object('courses', to_jsonb(ids)));
        END IF;
        RETURN NULL;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a course change was not marked (%)', SQLERRM;
        RETURN NULL;
      END $function$
CREATE OR REPLACE FUNCTION public.discord_mark_user()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
 SET lock_timeout TO '200ms'
AS $function$
      DECLARE ids uuid[];
      BEGIN
        SELECT array_agg(o.id) INTO ids FROM old_rows o;
        IF ids IS NOT NULL THEN
          PERFORM public.discord_append_mark(jsonb_build_object('users', to_jsonb(ids)));
        END IF;
        RETURN NULL;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a deleted user was not marked (%)', SQLERRM;
        RETURN NULL;
      END $function$
CREATE OR REPLACE FUNCTION public.discord_my_data()
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
          'log', (SELECT coalesce(jsonb_agg(to_jsonb(l) #- '{details,usedByDiscordUserId}' #- '{details,moderatorDiscordUserId}' ORDER BY l.seq), '[]')
            FROM public.discord_log l WHERE l.user_id = me.id),
          'actions', (SELECT coalesce(jsonb_agg(jsonb_build_object('action', l.action, 'status', l.status, 'course_id', l.course_id,
              'guild_id', l.guild_id, 'created_at', l.created_at) ORDER BY l.seq), '[]')
            FROM public.discord_log l WHERE l.actor_id = me.id AND l.user_id IS DISTINCT FROM me.id),
          'server_configs', (SELECT coalesce(jsonb_agg(to_jsonb(k) ORDER BY k.created_at), '[]')
            FROM public.discord_server_configs k WHERE k.instructor_id = me.id),
          'teaching', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.created_at), '[]') FROM public.course_staff t WHERE t.user_id = me.id))
        FROM me
      $function$
CREATE OR REPLACE FUNCTION public.discord_notify_enrollments(users uuid[], courses uuid[], active_before bigint[], active_after bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
      BEGIN
        IF coalesce(cardinality(users), 0) BETWEEN 1 AND 1000 THEN
          PERFORM pg_notify(CASE WHEN c.is_active THEN 'discord_invite' ELSE 'discord_remove' END,
            json_build_object('user_id', c.user_id, 'course_id', c.course_id)::text)
          FROM (
            SELECT p.user_id, p.course_id, coalesce(e.active, 0) > 0 AS is_active, coalesce(e.active, 0) - p.after + p.before > 0 AS was_active
            FROM unnest(users, courses, active_before, active_after) AS p(user_id, course_id, before, after)
              LEFT JOIN (
                SELECT r.user_id, r.course_id, count(*) AS active FROM public.discord_enrollment_rows r
                WHERE r.active AND r.user_id = ANY (users) GROUP BY r.user_id, r.course_id
              ) e ON e.user_id = p.user_id AND e.course_id = p.course_id
          ) c
          WHERE c.is_active <> c.was_active;
        END IF;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'discord: a change of enrollments could not be notified (%)', SQLERRM;
      END $function$
CREATE OR REPLACE FUNCTION public.discord_shut_out()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
        SELECT m.course_id FROM public.discord_memberships m WHERE m.user_id = (SELECT auth.uid()) AND (m.removed_by_staff OR m.banned)
      $function$
CREATE OR REPLACE FUNCTION public.discord_take_enrollments(events jsonb)
 RETURNS TABLE(index integer, outcome text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
      DECLARE
        newest        jsonb;
        problems      jsonb;
        made_here     jsonb := (SELECT s.value FROM public.discord_settings s WHERE s.name = 'platform_tables_made_here');
        counting      text := (SELECT s.value ->> 0 FROM public.discord_settings s WHERE s.name = 'enrollment_active_statuses');
        status_type   text := (SELECT format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a
          WHERE a.attrelid = 'public.course_enrollments'::regclass AND a.attname = 'status' AND NOT a.attisdropped);
        expires_type  text := (SELECT format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a
          WHERE a.attrelid = 'public.course_enrollments'::regclass AND a.attname = 'expires_at' AND NOT a.attisdropped);
        event         text := 'jsonb_to_recordset($1) AS r(type text, occurred_at timestamptz, user_id uuid, course_id uuid, expires_at timestamptz)';
        -- A time without a zone is UTC, as everywhere here.
        as_expiry     text := CASE WHEN expires_type IN ('timestamp without time zone', 'date') THEN '((%s) AT TIME ZONE ''UTC'')::' ELSE '(%s)::' END
          || expires_type;
        as_status     text := quote_literal(counting) || '::' || status_type;
      BEGIN
        -- In key order, and before anything is read: calls that tell of the same people follow each other from here on.
        WITH e AS (
          SELECT DISTINCT ON (r.user_id, r.course_id) r.*
          FROM jsonb_to_recordset(events) AS r(index integer, type text, occurred_at timestamptz, user_id uuid, course_id uuid,
            expires_at timestamptz, display_name text, title text, instructor_id uuid)
          ORDER BY r.user_id, r.course_id, r.occurred_at DESC, r.index DESC
        ), taken AS (
          INSERT INTO public.discord_enrollment_events AS known (user_id, course_id, type, occurred_at)
          SELECT e.user_id, e.course_id, e.type, e.occurred_at FROM e ORDER BY e.user_id, e.course_id
          ON CONFLICT (user_id, course_id) DO UPDATE SET type = excluded.type, occurred_at = excluded.occurred_at
            WHERE known.occurred_at <= excluded.occurred_at
          RETURNING known.user_id, known.course_id
        )
        SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]') INTO newest
        FROM e JOIN taken ON taken.user_id = e.user_id AND taken.course_id = e.course_id;

        SELECT jsonb_agg(jsonb_build_array(p.index, p.problem)) INTO problems FROM (
          SELECT r.index, CASE
            WHEN r.type <> 'enrollment.deleted' AND expires_type IS NULL AND (r.type = 'enrollment.expired' OR r.expires_at IS NOT NULL)
              THEN 'NO_EXPIRY_COLUMN'
            WHEN r.type <> 'enrollment.created' THEN NULL
            WHEN u.id IS NULL AND NOT (made_here -> 'auth.users')::boolean THEN 'UNKNOWN_USER'
            WHEN c.id IS NULL AND NOT (made_here -> 'public.courses')::boolean THEN 'UNKNOWN_COURSE'
            WHEN c.id IS NULL AND NOT EXISTS (SELECT FROM jsonb_to_recordset(events) AS o(course_id uuid, title text)
              WHERE o.course_id = r.course_id AND o.title IS NOT NULL) THEN 'UNDESCRIBED_COURSE'
          END AS problem
          FROM jsonb_to_recordset(newest) AS r(index integer, type text, user_id uuid, course_id uuid, expires_at timestamptz)
            LEFT JOIN auth.users u ON u.id = r.user_id LEFT JOIN public.courses c ON c.id = r.course_id) p
        WHERE p.problem IS NOT NULL;
        IF problems IS NOT NULL THEN
          RETURN QUERY SELECT (p ->> 0)::integer, p ->> 1 FROM jsonb_array_elements(problems) p;
          RETURN;
        END IF;

        -- Whoever teaches a new course is known from then on too: a server without an owner is left alone.
        IF (made_here -> 'public.courses')::boolean THEN
          INSERT INTO public.courses (id, title, instructor_id)
          SELECT DISTINCT ON (r.course_id) r.course_id, r.title, r.instructor_id
          FROM jsonb_to_recordset(events) AS r(index integer, course_id uuid, title text, instructor_id uuid)
          WHERE r.title IS NOT NULL AND EXISTS (SELECT FROM jsonb_to_recordset(newest) AS n(type text, course_id uuid)
            WHERE n.course_id = r.course_id AND n.type = 'enrollment.created')
          ORDER BY r.course_id, r.index DESC
          ON CONFLICT DO NOTHING;
        END IF;
        IF (made_here -> 'auth.users')::boolean THEN
          INSERT INTO auth.users (id, raw_user_meta_data, raw_app_meta_data)
          SELECT DISTINCT ON (p.id) p.id, jsonb_strip_nulls(jsonb_build_object('full_name', p.name)), jsonb_build_object('role', p.role)
          FROM (
            SELECT r.user_id AS id, r.display_name AS name, 'student' AS role, r.index
            FROM jsonb_to_recordset(events) AS r(index integer, user_id uuid, display_name text)
            WHERE EXISTS (SELECT FROM jsonb_to_recordset(newest) AS n(type text, user_id uuid)
              WHERE n.user_id = r.user_id AND n.type = 'enrollment.created')
            UNION ALL
            SELECT c.instructor_id, NULL, 'instructor', NULL FROM public.courses c
            WHERE c.id IN (SELECT n.course_id FROM jsonb_to_recordset(newest) AS n(type text, course_id uuid) WHERE n.type = 'enrollment.created')
              AND (made_here -> 'public.courses')::boolean) p
          ORDER BY p.id, p.role, p.name IS NULL, p.index DESC
          ON CONFLICT DO NOTHING;
        END IF;

        DELETE FROM public.course_enrollments e
        USING jsonb_to_recordset(newest) AS r(type text, user_id uuid, course_id uuid)
        WHERE r.type = 'enrollment.deleted' AND e.user_id = r.user_id AND e.course_id = r.course_id;

        IF expires_type IS NOT NULL THEN
          EXECUTE 'UPDATE public.course_enrollments e SET expires_at = ' || format(as_expiry, 'least(coalesce(r.expires_at, r.occurred_at), now())')
            || ' FROM ' || event || ' WHERE r.type = ''enrollment.expired'' AND e.user_id = r.user_id AND e.course_id = r.course_id' USING newest;
        END IF;
        IF coalesce(expires_type, status_type) IS NOT NULL THEN
          -- A status that counts already may say more than ours would.
          EXECUTE 'UPDATE public.course_enrollments e SET ' || concat_ws(', ', 'expires_at = ' || format(as_expiry, 'r.expires_at'),
              'status = CASE WHEN public.discord_enrollment_is_active(e.status::text, NULL, s.value) THEN e.status ELSE ' || as_status || ' END')
            || ' FROM ' || event || ', public.discord_settings s WHERE s.name = ''enrollment_active_statuses'' AND r.type = ''enrollment.created'''
            || ' AND e.user_id = r.user_id AND e.course_id = r.course_id' USING newest;
        END IF;
        EXECUTE 'INSERT INTO public.course_enrollments (' || concat_ws(', ', 'user_id', 'course_id',
            CASE WHEN expires_type IS NOT NULL THEN 'expires_at' END, CASE WHEN status_type IS NOT NULL THEN 'status' END)
          || ') SELECT ' || concat_ws(', ', 'r.user_id', 'r.course_id', format(as_expiry, 'r.expires_at'), as_status)
          || ' FROM ' || event || ' WHERE r.type = ''enrollment.created'' AND NOT EXISTS (SELECT FROM public.course_enrollments e'
          || ' WHERE e.user_id = r.user_id AND e.course_id = r.course_id) ON CONFLICT DO NOTHING' USING newest;

        RETURN QUERY
          SELECT r.index, CASE WHEN n.index IS NULL THEN 'superseded' ELSE 'applied' END
          FROM jsonb_to_recordset(events) AS r(index integer) LEFT JOIN jsonb_to_recordset(newest) AS n(index integer) ON n.index = r.index
          ORDER BY r.index;
      END $function$
CREATE OR REPLACE FUNCTION public.discord_taught()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
        SELECT t.course_id FROM public.discord_teaching t WHERE t.user_id = (SELECT auth.uid())
      $function$
CREATE OR REPLACE FUNCTION public.discord_taught_enrollments()
 RETURNS TABLE(user_id uuid, course_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
        SELECT e.user_id, e.course_id FROM public.discord_enrollments e
        WHERE e.active AND ((SELECT public.discord_is_admin()) OR e.course_id IN (SELECT public.discord_taught()))
      $function$
CREATE OR REPLACE FUNCTION public.discord_teaches(course uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
        SELECT EXISTS (SELECT FROM public.discord_teaching t WHERE t.course_id = course AND t.user_id = (SELECT auth.uid()))
      $function$
CREATE OR REPLACE FUNCTION public.discord_user_facts(person auth.users)
 RETURNS TABLE(display_name text, role text)
 LANGUAGE sql
 STABLE
AS $function$
        SELECT found.display_name, found.role
        FROM (SELECT NULL::jsonb AS raw_user_meta_data, NULL::jsonb AS raw_app_meta_data) absent,
          LATERAL (
            SELECT coalesce(raw_user_meta_data ->> 'full_name', raw_user_meta_data ->> 'name') AS display_name,
                   coalesce(raw_app_meta_data ->> 'role', 'student') AS role
            FROM (SELECT (person).*) present) found
      $function$
CREATE OR REPLACE FUNCTION public.discord_utc(value anyelement)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT NULL::timestamptz$function$
CREATE OR REPLACE FUNCTION public.discord_utc(value date)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT value::timestamp AT TIME ZONE 'UTC' $function$
CREATE OR REPLACE FUNCTION public.discord_utc(value text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$SELECT value::timestamptz$function$
CREATE OR REPLACE FUNCTION public.discord_utc(value timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT value$function$
CREATE OR REPLACE FUNCTION public.discord_utc(value timestamp without time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT value AT TIME ZONE 'UTC' $function$
CREATE OR REPLACE FUNCTION public.discord_weekly_activity(course uuid, until date)
 RETURNS TABLE(joined integer, active integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
        WITH students AS (
          SELECT m.user_id, bool_or(EXISTS (SELECT FROM public.discord_active_days d
            WHERE d.user_id = m.user_id AND d.guild_id = m.guild_id AND d.day > until - 7 AND d.day <= until)) AS wrote
          FROM public.discord_memberships m
          WHERE m.status = 'joined' AND (course IS NULL OR m.course_id = course)
            AND ((SELECT public.discord_is_admin()) OR m.course_id IN (SELECT public.discord_taught()))
          GROUP BY m.user_id
        )
        SELECT count(*)::integer, count(*) FILTER (WHERE s.wrote)::integer FROM students s
      $function$
CREATE OR REPLACE FUNCTION public.handle_enrollment_discord_sync()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
 SET lock_timeout TO '200ms'
AS $function$
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
      END $function$

-- Triggers

CREATE TRIGGER users_discord_mark_delete AFTER DELETE ON auth.users REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_user()
CREATE TRIGGER enrollment_discord_sync_trigger AFTER INSERT ON public.course_enrollments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION handle_enrollment_discord_sync()
CREATE TRIGGER enrollment_discord_sync_trigger_delete AFTER DELETE ON public.course_enrollments REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION handle_enrollment_discord_sync()
CREATE TRIGGER enrollment_discord_sync_trigger_truncate AFTER TRUNCATE ON public.course_enrollments FOR EACH STATEMENT EXECUTE FUNCTION handle_enrollment_discord_sync()
CREATE TRIGGER enrollment_discord_sync_trigger_update AFTER UPDATE ON public.course_enrollments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION handle_enrollment_discord_sync()
CREATE TRIGGER courses_discord_mark_delete AFTER DELETE ON public.courses REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_course()
CREATE TRIGGER courses_discord_mark_update AFTER UPDATE ON public.courses REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_course()
CREATE CONSTRAINT TRIGGER discord_integration_logs_seq AFTER INSERT ON public.discord_integration_logs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION discord_log_give_seq()
CREATE TRIGGER configs_discord_mark_delete AFTER DELETE ON public.discord_server_configs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_config()
CREATE TRIGGER configs_discord_mark_insert AFTER INSERT ON public.discord_server_configs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_config()
CREATE TRIGGER configs_discord_mark_update AFTER UPDATE ON public.discord_server_configs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_config()
CREATE TRIGGER connections_discord_mark_delete AFTER DELETE ON public.user_discord_connections REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_connection()
CREATE TRIGGER connections_discord_mark_insert AFTER INSERT ON public.user_discord_connections REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_connection()
CREATE TRIGGER connections_discord_mark_update AFTER UPDATE ON public.user_discord_connections REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION discord_mark_connection()

-- Policies

course_discord_links "People can view the links of their courses" FOR SELECT TO authenticated USING ((( SELECT discord_is_admin() AS discord_is_admin) OR (course_id IN ( SELECT discord_taught() AS discord_taught)) OR ((course_id IN ( SELECT discord_enrolled() AS discord_enrolled)) AND (NOT (course_id IN ( SELECT discord_shut_out() AS discord_shut_out))))))
course_discord_links "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
course_discord_links "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
course_staff "Staff can view who teaches with them" FOR SELECT TO authenticated USING ((( SELECT discord_is_admin() AS discord_is_admin) OR (course_id IN ( SELECT discord_taught() AS discord_taught))))
course_staff "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
course_staff "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
courses "The Discord service sees every course" FOR SELECT TO anycademy_writer, service_role USING (true)
cron_runs "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
cron_runs "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_active_days "People can view their own days" FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)))
discord_active_days "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_active_days "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_ended_sessions "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_ended_sessions "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_enrollment_deliveries "The service answers" FOR ALL TO anycademy_writer USING (true) WITH CHECK (true)
discord_enrollment_deliveries "The service sweeps" FOR ALL TO service_role USING (true) WITH CHECK (true)
discord_enrollment_events "People can view what was told of them" FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)))
discord_enrollment_events "The service forgets" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_guild_leases "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_guild_leases "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_guilds "People can view the servers of their courses" FOR SELECT TO authenticated USING ((( SELECT discord_is_admin() AS discord_is_admin) OR (guild_id IN ( SELECT k.guild_id
   FROM discord_server_configs k)) OR (guild_id IN ( SELECT m.guild_id
   FROM discord_memberships m
  WHERE (m.user_id = ( SELECT auth.uid() AS uid))))))
discord_guilds "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_guilds "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_integration_logs "People can view what was done to them" FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)))
discord_integration_logs "Staff can view the log of their courses" FOR SELECT TO authenticated USING ((( SELECT discord_is_admin() AS discord_is_admin) OR (course_id IN ( SELECT discord_taught() AS discord_taught))))
discord_integration_logs "The service appends" FOR INSERT TO anycademy_writer, service_role USING (-) WITH CHECK (true)
discord_integration_logs "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_link_states "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_link_states "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_link_visits "People can view their own visits" FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)))
discord_link_visits "Staff can view the visits of their courses" FOR SELECT TO authenticated USING ((( SELECT discord_is_admin() AS discord_is_admin) OR (course_id IN ( SELECT discord_taught() AS discord_taught))))
discord_link_visits "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_link_visits "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_log_sequence "Anybody signed in can view positions in the log" FOR SELECT TO authenticated USING (true)
discord_log_sequence "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_memberships "Instructors can view memberships for their courses" FOR SELECT TO authenticated USING ((( SELECT discord_is_admin() AS discord_is_admin) OR (course_id IN ( SELECT discord_taught() AS discord_taught))))
discord_memberships "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_memberships "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_memberships "Users can view their own memberships" FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)))
discord_open_invites "The service sees every row" FOR SELECT TO service_role USING (true)
discord_open_invites "The service writes" FOR ALL TO service_role USING (true) WITH CHECK (true)
discord_removals "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_removals "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_server_configs "Instructors can manage their discord configs" FOR SELECT TO authenticated USING ((( SELECT discord_is_admin() AS discord_is_admin) OR (course_id IN ( SELECT discord_taught() AS discord_taught))))
discord_server_configs "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_server_configs "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_service_minutes "Staff can view the calls for their servers" FOR SELECT TO authenticated USING ((( SELECT discord_is_admin() AS discord_is_admin) OR ((guild_id = ''::text) AND ( SELECT (EXISTS ( SELECT discord_taught() AS discord_taught)) AS "exists")) OR (guild_id IN ( SELECT k.guild_id
   FROM discord_server_configs k))))
discord_service_minutes "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_service_minutes "The service writes" FOR ALL TO service_role USING (true) WITH CHECK (true)
discord_settings "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_settings "The service throws the stop switch" FOR UPDATE TO anycademy_writer USING ((name = 'removals_paused'::text)) WITH CHECK ((name = 'removals_paused'::text))
discord_sync_runs "Instructors can view the runs of their courses" FOR SELECT TO authenticated USING ((( SELECT discord_is_admin() AS discord_is_admin) OR (course_id IN ( SELECT discord_taught() AS discord_taught))))
discord_sync_runs "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_sync_runs "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_unlinked_accounts "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_unlinked_accounts "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_user_settings "People can view their own settings" FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)))
discord_user_settings "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_user_settings "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_webhook_deliveries "Admins can view the deliveries" FOR SELECT TO authenticated USING (( SELECT discord_is_admin() AS discord_is_admin))
discord_webhook_deliveries "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_webhook_endpoints "Admins can view the webhook endpoints" FOR SELECT TO authenticated USING (( SELECT discord_is_admin() AS discord_is_admin))
discord_webhook_endpoints "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
discord_welcomes "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
discord_welcomes "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
user_discord_connections "Staff can view the connections of their students" FOR SELECT TO authenticated USING ((( SELECT discord_is_admin() AS discord_is_admin) OR (EXISTS ( SELECT
   FROM discord_taught_students s
  WHERE (s.user_id = user_discord_connections.user_id)))))
user_discord_connections "The service sees every row" FOR SELECT TO anycademy_writer, service_role USING (true)
user_discord_connections "The service writes" FOR ALL TO anycademy_writer, service_role USING (true) WITH CHECK (true)
user_discord_connections "Users can manage their own discord connections" FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)))

-- Row-level security

course_discord_links  true
course_enrollments  true
course_staff  true
courses  true
cron_runs  true
discord_active_days  true
discord_ended_sessions  true
discord_enrollment_deliveries  true
discord_enrollment_events  true
discord_guild_leases  true
discord_guilds  true
discord_integration_logs  true
discord_link_states  true
discord_link_visits  true
discord_log_sequence  true
discord_memberships  true
discord_migrations  true
discord_open_invites  true
discord_removals  true
discord_server_configs  true
discord_service_minutes  true
discord_settings  true
discord_sync_runs  true
discord_unlinked_accounts  true
discord_user_settings  true
discord_webhook_deliveries  true
discord_webhook_endpoints  true
discord_welcomes  true
user_discord_connections  true

-- Grants on tables and columns

course_discord_links  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
course_discord_links  authenticated  SELECT
course_discord_links  service_role  DELETE, INSERT, SELECT, UPDATE
course_staff  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
course_staff  authenticated  SELECT
course_staff  service_role  DELETE, INSERT, SELECT, UPDATE
courses  anycademy_writer  SELECT
courses  service_role  SELECT
cron_runs  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
cron_runs  service_role  DELETE, INSERT, SELECT, UPDATE
discord_active_days  anycademy_writer  DELETE, SELECT
discord_active_days  authenticated  SELECT
discord_active_days  service_role  DELETE, INSERT, SELECT
discord_ended_sessions  anycademy_writer  DELETE, INSERT, SELECT
discord_ended_sessions  service_role  DELETE, INSERT, SELECT
discord_enrollment_deliveries  anycademy_writer  INSERT, SELECT, UPDATE
discord_enrollment_deliveries  service_role  DELETE, SELECT
discord_enrollment_events  anycademy_writer  DELETE, SELECT
discord_enrollment_events  authenticated  SELECT
discord_enrollment_events  service_role  DELETE, SELECT
discord_enrollments  anycademy_writer  SELECT
discord_enrollments  service_role  SELECT
discord_guild_leases  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_guild_leases  service_role  DELETE, INSERT, SELECT, UPDATE
discord_guilds  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_guilds  authenticated  SELECT
discord_guilds  service_role  DELETE, INSERT, SELECT, UPDATE
discord_integration_logs  anycademy_writer  INSERT, SELECT
discord_integration_logs  authenticated  SELECT
discord_integration_logs  service_role  INSERT, SELECT
discord_link_states  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_link_states  service_role  DELETE, INSERT, SELECT, UPDATE
discord_link_visits  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_link_visits  authenticated  SELECT
discord_link_visits  service_role  DELETE, INSERT, SELECT, UPDATE
discord_log  anycademy_writer  SELECT
discord_log  authenticated  SELECT
discord_log  service_role  SELECT
discord_log_sequence  anycademy_writer  SELECT
discord_log_sequence  authenticated  SELECT
discord_log_sequence  service_role  SELECT
discord_memberships  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_memberships  authenticated  SELECT (course_id, created_at, discord_user_id, generation, guild_id, id, invitation_sent_at, invite_expires_at, invite_link, is_member, joined_at, observed_generation, reason, removal_due_at, removed_at, status, updated_at, user_id)
discord_memberships  service_role  DELETE, INSERT, SELECT, UPDATE
discord_open_invites  service_role  DELETE, INSERT, SELECT
discord_removals  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_removals  service_role  DELETE, INSERT, SELECT, UPDATE
discord_server_configs  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_server_configs  authenticated  SELECT
discord_server_configs  service_role  DELETE, INSERT, SELECT, UPDATE
discord_service_minutes  anycademy_writer  SELECT
discord_service_minutes  authenticated  SELECT
discord_service_minutes  service_role  DELETE, INSERT, SELECT, UPDATE
discord_settings  anycademy_writer  SELECT
discord_settings  service_role  SELECT
discord_sync_runs  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_sync_runs  authenticated  SELECT
discord_sync_runs  service_role  DELETE, INSERT, SELECT, UPDATE
discord_taught_students  authenticated  SELECT
discord_unlinked_accounts  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_unlinked_accounts  service_role  DELETE, INSERT, SELECT, UPDATE
discord_user_settings  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_user_settings  authenticated  SELECT
discord_user_settings  service_role  DELETE, INSERT, SELECT, UPDATE
discord_users  anycademy_writer  SELECT
discord_users  service_role  SELECT
discord_visible_courses  authenticated  SELECT
discord_visible_staff  authenticated  SELECT
discord_visible_users  authenticated  SELECT
discord_webhook_deliveries  anycademy_writer  SELECT, UPDATE
discord_webhook_deliveries  authenticated  SELECT
discord_webhook_deliveries  service_role  DELETE, INSERT, SELECT, UPDATE
discord_webhook_endpoints  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_webhook_endpoints  authenticated  SELECT (created_at, created_by, failures, id, is_active, log_seq, rest_until, updated_at, url)
discord_webhook_endpoints  service_role  SELECT, UPDATE
discord_welcomes  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
discord_welcomes  service_role  DELETE, INSERT, SELECT, UPDATE
user_discord_connections  anycademy_writer  DELETE, INSERT, SELECT, UPDATE
user_discord_connections  authenticated  SELECT (avatar_url, created_at, discord_discriminator, discord_user_id, discord_username, global_name, id, is_verified, scopes, updated_at, user_id)
user_discord_connections  service_role  DELETE, INSERT, SELECT, UPDATE

-- Grants on functions

discord_add_job(text,json,text,text,timestamp with time zone,integer,integer)  anycademy_writer
discord_add_job(text,json,text,text,timestamp with time zone,integer,integer)  service_role
discord_append_mark(jsonb)  anycademy_writer
discord_append_mark(jsonb)  service_role
discord_course_facts(courses)  anycademy_writer
discord_course_facts(courses)  authenticated
discord_course_facts(courses)  service_role
discord_course_stats(uuid[])  authenticated
discord_drop_revocations()  service_role
discord_enrolled()  authenticated
discord_enrollment_facts(course_enrollments)  anycademy_writer
discord_enrollment_facts(course_enrollments)  service_role
discord_enrollment_is_active(text,timestamp with time zone,jsonb)  anycademy_writer
discord_enrollment_is_active(text,timestamp with time zone,jsonb)  service_role
discord_erase_from_log(uuid,text[])  anycademy_writer
discord_erase_from_log(uuid,text[])  service_role
discord_is_admin()  anycademy_writer
discord_is_admin()  authenticated
discord_is_admin()  service_role
discord_my_data()  authenticated
discord_shut_out()  authenticated
discord_take_enrollments(jsonb)  anycademy_writer
discord_taught()  authenticated
discord_taught_enrollments()  authenticated
discord_teaches(uuid)  anycademy_writer
discord_teaches(uuid)  authenticated
discord_teaches(uuid)  service_role
discord_user_facts(auth.users)  anycademy_writer
discord_user_facts(auth.users)  authenticated
discord_user_facts(auth.users)  service_role
discord_utc(anyelement)  anycademy_writer
discord_utc(anyelement)  service_role
discord_utc(date)  anycademy_writer
discord_utc(date)  service_role
discord_utc(text)  anycademy_writer
discord_utc(text)  service_role
discord_utc(timestamp with time zone)  anycademy_writer
discord_utc(timestamp with time zone)  service_role
discord_utc(timestamp without time zone)  anycademy_writer
discord_utc(timestamp without time zone)  service_role
discord_weekly_activity(uuid,date)  authenticated
