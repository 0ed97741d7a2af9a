import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres';
import { setLoginPasswords, urlAs } from '../../src/database/logins';
import { migrate } from '../../src/database/migrate';
import { type MigratedDatabase } from '../support/migrated-database';
import { MIGRATION_COUNT } from '../support/migration-files';
import { scratchDirectory } from '../support/scratch';
import { platformTables, supabaseDatabase } from '../support/supabase-shape';
import { classroom, Service } from './support/service';

const PASSWORD = 'test';
const SETTINGS = { enrollmentActiveStatuses: ['active', 'completed'] };

/** Roles belong to the whole server, and here they are Supabase's. */
let server: EmbeddedPostgres;
beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataDir: join(await scratchDirectory(), 'data'), settings: { fsync: 'off' } });
}, 60_000);
afterAll(() => server.stop());

/** A project that has users, courses and enrollments already, to which the service was attached by migrating, twice. */
async function project(columns: string): Promise<MigratedDatabase> {
  const { ownerUrl, superuserUrl } = await supabaseDatabase(server.url, platformTables(columns));
  expect(await migrate(ownerUrl, SETTINGS)).toHaveLength(MIGRATION_COUNT);
  expect(await migrate(ownerUrl, SETTINGS)).toEqual([]);
  await setLoginPasswords(ownerUrl, {
    anycademy_api: PASSWORD,
    anycademy_writer: PASSWORD,
    anycademy_worker: PASSWORD,
  });
  return {
    url: superuserUrl,
    // It goes with its server.
    drop: () => Promise.resolve(),
    logins: {
      ownerUrl,
      directUrl: ownerUrl,
      apiUrl: urlAs(ownerUrl, 'anycademy_api', PASSWORD),
      writerUrl: urlAs(ownerUrl, 'anycademy_writer', PASSWORD),
      workerUrl: urlAs(ownerUrl, 'anycademy_worker', PASSWORD),
    },
  };
}

it.each([
  ['neither status nor expires_at', '', 'DELETE FROM course_enrollments WHERE user_id = $1'],
  ['a status', 'status text', `UPDATE course_enrollments SET status = 'refunded' WHERE user_id = $1`],
  [
    'an expiry',
    'expires_at timestamptz',
    `UPDATE course_enrollments SET expires_at = now() - interval '1 hour' WHERE user_id = $1`,
  ],
  [
    'both',
    `status text NOT NULL DEFAULT 'active', expires_at timestamptz`,
    `UPDATE course_enrollments SET expires_at = now() - interval '1 hour' WHERE user_id = $1`,
  ],
])(
  'on a Supabase project whose enrollments have %s, a student comes in by enrolling and goes when that ends',
  async (_, columns, ending) => {
    const service = await Service.start({
      database: await project(columns),
      config: { roles: new Set(['api', 'worker']) },
    });
    try {
      const room = await classroom(service);
      const student = await service.createUser('Ayu');
      const account = await service.link(student);
      await service.enroll(student, room.courseId);
      await service.reaches(student, room.courseId, 'joined', 'ADDED', 30_000);
      expect(await service.discord.member(room.guildId, account)).toMatchObject({ roles: [room.roleId] });
      // What is seen over the API passes the platform's own row-level security.
      const seen = '{ viewer { displayName } courses { nodes { title } } memberships { nodes { status } } }';
      expect(await service.query(await service.token(student), seen)).toEqual({
        viewer: { displayName: 'Ayu' },
        courses: { nodes: [] },
        memberships: { nodes: [{ status: 'JOINED' }] },
      });
      expect(await service.query(room.instructorToken, seen)).toEqual({
        viewer: { displayName: 'Rina Hartono' },
        courses: { nodes: [{ title: 'Algebra I' }] },
        memberships: { nodes: [{ status: 'JOINED' }] },
      });

      await service.sql(ending, [student]);
      await service.reaches(student, room.courseId, 'removed', 'ENROLLMENT_ENDED', 30_000);
      expect(await service.discord.member(room.guildId, account)).toBeUndefined();
    } finally {
      await service.close();
    }
  },
  90_000,
);
