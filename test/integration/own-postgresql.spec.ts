import { randomUUID } from 'node:crypto';
import { migrate } from '../../src/database/migrate';
import { installedPostgres, startInstalledPostgres } from '../support/installed-postgres';
import { MIGRATION_COUNT } from '../support/migration-files';
import { Session } from '../support/session';
import { platformTables, supabaseDatabase } from '../support/supabase-shape';

const SETTINGS = { enrollmentActiveStatuses: ['active', 'completed'] };
const installed = installedPostgres();

/** The embedded PostgreSQL is of one version; an operator's may be older. */
(installed ? describe : describe.skip)(
  `the PostgreSQL that is installed on this machine (${installed ? installed.version : 'none of version 15 or later'})`,
  () => {
    let server: { url: string; stop(): Promise<void> };

    beforeAll(async () => {
      if (installed) server = await startInstalledPostgres(installed);
    }, 30_000);
    afterAll(() => server.stop());

    it.each([
      // In this order: the first makes the roles as Supabase has them, without owning those of the platform.
      ['a Supabase project', platformTables('status text, expires_at timestamp')],
      ['an empty database', null],
    ])('runs the migrations twice, marks, logs and hides: %s', async (_, platform) => {
      const urls = platform === null ? await emptyDatabase(server.url) : await supabaseDatabase(server.url, platform);
      expect(await migrate(urls.ownerUrl, SETTINGS)).toHaveLength(MIGRATION_COUNT);
      expect(await migrate(urls.ownerUrl, SETTINGS)).toEqual([]);

      const session = await Session.open(urls.superuserUrl);
      try {
        const [student, course, teacher] = [randomUUID(), randomUUID(), randomUUID()];
        await session.rows('INSERT INTO auth.users (id) VALUES ($1)', [student]);
        await session.rows(`INSERT INTO courses (id, title, instructor_id) VALUES ($1, 'Algebra', $2)`, [
          course,
          teacher,
        ]);
        await session.rows('INSERT INTO course_enrollments (user_id, course_id) VALUES ($1, $2)', [student, course]);
        expect(await session.marks()).toEqual([{ pairs: [[student, course]] }]);
        await session.rows('TRUNCATE course_enrollments');
        expect(await session.marks()).toEqual([]);

        await session.rows(
          `INSERT INTO discord_memberships (user_id, course_id, guild_id) VALUES ($1, $2, '100000000000000001')`,
          [student, course],
        );
        for (const action of ['enrollment', 'add'])
          await session.rows(
            `INSERT INTO discord_integration_logs (user_id, course_id, action, status) VALUES ($1, $2, $3, 'success')`,
            [student, course, action],
          );
        expect(await session.rows('SELECT seq::int, action FROM discord_log ORDER BY seq')).toEqual([
          { seq: 1, action: 'enrollment' },
          { seq: 2, action: 'add' },
        ]);

        const claims = (sub: string) => ({ sub, role: 'authenticated' });
        for (const [who, rows] of [
          [student, 1],
          [teacher, 1],
          [randomUUID(), 0],
        ] as const)
          expect(await session.as('authenticated', claims(who), 'SELECT id FROM discord_memberships')).toHaveLength(
            rows,
          );
        for (const role of ['anon', 'authenticated', 'service_role'])
          expect(await session.outcome(role, 'TRUNCATE discord_integration_logs CASCADE')).toBe('42501');
      } finally {
        await session.close();
      }
    });
  },
);

async function emptyDatabase(serverUrl: string): Promise<{ ownerUrl: string; superuserUrl: string }> {
  const session = await Session.open(serverUrl);
  await session.rows('CREATE DATABASE empty');
  await session.close();
  const url = new URL(serverUrl);
  url.pathname = 'empty';
  return { ownerUrl: url.href, superuserUrl: url.href };
}
