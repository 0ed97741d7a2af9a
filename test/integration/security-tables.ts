import { ID } from './security-world';

const claims = (userId: string, role = 'student') => ({ sub: userId, role: 'authenticated', app_metadata: { role } });
/** Everybody who becomes "authenticated" by the API's login, in the order of the columns below. */
export const PEOPLE = {
  student: claims(ID.student),
  otherStudent: claims(ID.otherStudent),
  instructor: claims(ID.instructor, 'instructor'),
  coTeacher: claims(ID.coTeacher, 'instructor'),
  otherInstructor: claims(ID.otherInstructor, 'instructor'),
  admin: claims(ID.admin, 'admin'),
} as const;
const CLOSED = Object.keys(PEOPLE)
  .map(() => 'x')
  .join(' ');

/**
 * How many rows each of PEOPLE sees of a table or view, x = denied. Two courses share one server: the student, the
 * instructor and the co-teacher belong to one of them, the others to the other.
 */
export const READS: Readonly<Record<string, string>> = {
  // Who looks:            student otherStudent instructor coTeacher otherInstructor admin
  course_discord_links: '1 1 1 1 1 2',
  course_staff: '0 0 1 1 0 1',
  // On which day somebody wrote is nobody else's: whoever teaches is told how many did.
  discord_active_days: '1 1 0 0 0 0',
  // What the platform told of somebody is nobody else's.
  discord_enrollment_events: '1 1 0 0 0 0',
  discord_guilds: '1 1 1 1 1 2',
  discord_integration_logs: '1 1 1 1 1 2',
  discord_link_visits: '1 1 1 1 1 2',
  discord_log: '1 1 1 1 1 2',
  // Positions alone: which entry it is of is asked of the log.
  discord_log_sequence: '2 2 2 2 2 2',
  discord_memberships: '1 1 1 1 1 2',
  discord_server_configs: '0 0 1 1 1 2',
  // Whoever teaches sees how the service is, and what is asked of Discord for their servers.
  discord_service_minutes: '0 0 2 2 2 3',
  discord_sync_runs: '0 0 1 1 1 3',
  discord_taught_students: '0 0 2 2 2 0',
  // What somebody has chosen is nobody else's.
  discord_user_settings: '1 1 0 0 0 0',
  discord_visible_courses: '1 1 1 1 1 2',
  discord_visible_staff: '0 0 1 1 0 1',
  discord_visible_users: '1 1 3 3 2 6',
  discord_webhook_deliveries: '0 0 0 0 0 2',
  discord_webhook_endpoints: '0 0 0 0 0 1',
  user_discord_connections: '1 1 2 1 1 3',
  course_enrollments: CLOSED,
  courses: CLOSED,
  cron_runs: CLOSED,
  discord_ended_sessions: CLOSED,
  discord_enrollment_deliveries: CLOSED,
  discord_enrollment_rows: CLOSED,
  discord_enrollments: CLOSED,
  discord_guild_leases: CLOSED,
  discord_link_states: CLOSED,
  discord_migrations: CLOSED,
  discord_open_invites: CLOSED,
  discord_removals: CLOSED,
  discord_settings: CLOSED,
  discord_teaching: CLOSED,
  discord_unlinked_accounts: CLOSED,
  discord_users: CLOSED,
  discord_welcomes: CLOSED,
};

/** Nobody but their owner may touch them, and the owner needs no policy. */
export const WITHOUT_POLICIES = ['course_enrollments', 'discord_migrations'];

/** Views that look past the row-level security of what they read; each says itself who may see what, or is for the service. */
export const DEFINER_VIEWS = [
  'discord_enrollment_rows',
  'discord_enrollments',
  'discord_taught_students',
  'discord_teaching',
  'discord_users',
  'discord_visible_courses',
  'discord_visible_staff',
  'discord_visible_users',
];

/** Functions that run as their owner, and which of the roles below the owner may call them. */
export const DEFINER_FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  discord_add_job: ['service_role', 'anycademy_writer', 'anycademy_worker'],
  discord_append_mark: ['service_role', 'anycademy_writer', 'anycademy_worker'],
  discord_course_stats: ['authenticated'],
  discord_drop_revocations: ['service_role', 'anycademy_worker'],
  discord_enrolled: ['authenticated'],
  discord_erase_from_log: ['service_role', 'anycademy_writer', 'anycademy_worker'],
  discord_is_admin: ['authenticated', 'service_role', 'anycademy_writer', 'anycademy_worker'],
  discord_log_give_seq: [],
  discord_mark_config: [],
  discord_mark_connection: [],
  discord_mark_course: [],
  discord_mark_user: [],
  discord_my_data: ['authenticated'],
  discord_notify_enrollments: [],
  discord_shut_out: ['authenticated'],
  discord_take_enrollments: ['anycademy_writer'],
  discord_taught: ['authenticated'],
  discord_taught_enrollments: ['authenticated'],
  discord_teaches: ['authenticated', 'service_role', 'anycademy_writer', 'anycademy_worker'],
  discord_weekly_activity: ['authenticated'],
  handle_enrollment_discord_sync: [],
};
