import { type Classroom, classroom, type Service } from './service';
import { differ, settledClass } from './settled-class';

/** How long each list is. */
export const LENGTH = 205;

/** The triggers that would mark everybody stand aside, as if all this had been there for long. */
const TABLES = ['course_enrollments', 'discord_memberships', 'discord_server_configs'];

/** A platform whose every list is longer than the longest page, with everything that a row of it can name. */
export interface LongLists {
  readonly room: Classroom;
  readonly instructor: string;
  readonly student: string;
  readonly admin: string;
}

/**
 * A large class whose roles are missing in the server, and as many small courses: each with a co-teacher, a student, a
 * link that the student has pressed, and a server whose configuration is being deleted.
 */
export async function longLists(service: Service): Promise<LongLists> {
  const room = await classroom(service);
  const students = await settledClass(service, room, LENGTH);
  await differ(service, room, 'a role is missing', students, LENGTH);
  const [sari, ayu] = [await service.createUser('Sari Dewi', 'instructor'), await service.createUser('Ayu')];
  await service.link(sari, { role: 'instructor' });
  await service.link(ayu);
  await smallCourses(service, room.instructorId, sari, ayu);
  await service.sql(
    `WITH link AS (
       INSERT INTO course_discord_links (course_id, discord_invite_link) VALUES ($1, 'https://discord.gg/algebra') RETURNING id)
     INSERT INTO discord_link_visits (link_id, course_id, user_id) SELECT link.id, $1, u FROM link, unnest($2::uuid[]) u`,
    [room.courseId, students.map(({ userId }) => userId)],
  );
  await service.sql(
    `INSERT INTO discord_integration_logs (user_id, course_id, guild_id, action, status, actor_id)
     SELECT u, $1, $2, 'add', 'success', $4 FROM unnest($3::uuid[]) u`,
    [room.courseId, room.guildId, students.map(({ userId }) => userId), room.instructorId],
  );
  // Every one of as many endpoints has been told of something, and the first of them of much.
  await service.sql(
    `WITH endpoints AS (
       INSERT INTO discord_webhook_endpoints (url, secret, log_seq, created_by, created_at)
       SELECT 'https://example.org/' || n, 'not read', 0, $1, now() + n * interval '1 second' FROM generate_series(1, $2::int) n
       RETURNING id, url)
     INSERT INTO discord_webhook_deliveries (endpoint_id, seq, membership_id)
     SELECT id, n, gen_random_uuid() FROM endpoints, generate_series(1, $2::int) n WHERE n = 1 OR url LIKE '%/1'`,
    [room.instructorId, LENGTH],
  );
  return {
    room,
    instructor: room.instructorToken,
    student: await service.token(ayu),
    admin: await service.token(await service.createUser('Amira', 'admin'), 'admin'),
  };
}

/** Their titles and servers come before those of the classroom. */
async function smallCourses(service: Service, owner: string, coTeacher: string, student: string): Promise<void> {
  const triggers = (state: 'DISABLE' | 'ENABLE') =>
    service.sql(TABLES.map((table) => `ALTER TABLE ${table} ${state} TRIGGER USER;`).join(' '));
  const made = await service.sql<{ id: string }>(
    `INSERT INTO courses (title, instructor_id) SELECT 'A course ' || n, $1 FROM generate_series(1, $2::int) n RETURNING id`,
    [owner, LENGTH],
  );
  const courses = made.map(({ id }) => id);
  await triggers('DISABLE');
  await service.sql('INSERT INTO course_staff (course_id, user_id) SELECT unnest($1::uuid[]), $2', [
    courses,
    coTeacher,
  ]);
  await service.sql('INSERT INTO course_enrollments (course_id, user_id) SELECT unnest($1::uuid[]), $2', [
    courses,
    student,
  ]);
  await service.sql(
    `WITH runs AS (
       INSERT INTO discord_sync_runs (course_id, guild_id, status)
       SELECT c, (300000000000000000 + n)::text, 'RUNNING' FROM unnest($1::uuid[]) WITH ORDINALITY AS o(c, n) RETURNING *),
     configs AS (
       INSERT INTO discord_server_configs (course_id, course_title, instructor_id, guild_id, guild_name, ending_run_id)
       SELECT course_id, 'A course', $2, guild_id, 'A server', id FROM runs RETURNING 1)
     INSERT INTO discord_memberships (user_id, course_id, guild_id, status, reason, joined_at, generation, observed_generation)
     SELECT $3, course_id, guild_id, 'joined', 'ADDED', now(), 1, 1 FROM runs`,
    [courses, owner, student],
  );
  await service.sql(
    `WITH links AS (
       INSERT INTO course_discord_links (course_id, discord_invite_link)
       SELECT c, 'https://discord.gg/course' FROM unnest($1::uuid[]) c RETURNING id, course_id)
     INSERT INTO discord_link_visits (link_id, course_id, user_id) SELECT id, course_id, $2 FROM links`,
    [courses, student],
  );
  await triggers('ENABLE');
  await service.sql(`ANALYZE courses, course_staff, ${TABLES.join(', ')}`);
}
