import { DEFINER_FUNCTIONS, PEOPLE } from './security-tables';
import { ID, SecurityWorld } from './security-world';

let world: SecurityWorld;

beforeAll(async () => {
  world = await SecurityWorld.create();
}, 30_000);
afterAll(() => world.close());

const find = (person: object, ...statements: string[]) => world.find(person, ...statements);

describe('Functions that run as their owner', () => {
  it('are all named here with who may call them, and have a fixed search path', async () => {
    const roles = ['anon', 'authenticated', 'service_role', 'anycademy_api', 'anycademy_writer', 'anycademy_worker'];
    const found = await world.owner.rows<{ name: string; callers: string[]; fixed: boolean }>(
      `SELECT p.proname AS name, coalesce(p.proconfig @> ARRAY['search_path=""'], false) AS fixed,
         ARRAY(SELECT r FROM unnest($1::text[]) WITH ORDINALITY u(r, n) WHERE has_function_privilege(r, p.oid, 'EXECUTE') ORDER BY n) AS callers
       FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace ORDER BY 1`,
      [roles],
    );
    expect(Object.fromEntries(found.map(({ name, callers }) => [name, callers]))).toEqual(DEFINER_FUNCTIONS);
    expect(found.filter(({ fixed }) => !fixed)).toEqual([]);
  });

  it('are not led astray by tables, functions and operators of the caller', async () => {
    const traps = [
      `CREATE TEMPORARY TABLE discord_teaching AS SELECT '${ID.otherCourse}'::uuid AS course_id, '${ID.student}'::uuid AS user_id`,
      `CREATE TEMPORARY TABLE user_discord_connections (user_id uuid, access_token text)`,
      `CREATE FUNCTION pg_temp.uid() RETURNS uuid LANGUAGE sql AS $$ SELECT '${ID.otherStudent}'::uuid $$`,
      `SET LOCAL search_path = pg_temp, public, auth`,
    ];
    expect(await find(PEOPLE.student, ...traps, 'SELECT discord_taught() AS course')).toEqual([]);
    expect(await find(PEOPLE.student, ...traps, `SELECT discord_teaches('${ID.otherCourse}') AS yes`)).toEqual([
      { yes: false },
    ]);
    expect(await find(PEOPLE.student, ...traps, `SELECT discord_my_data() ->> 'user_id' AS id`)).toEqual([
      { id: ID.student },
    ]);
  });

  it('tell everybody only of themselves', async () => {
    for (const [name, person] of Object.entries(PEOPLE)) {
      const [row] = (await find(person, 'SELECT discord_my_data()::text AS data')) as { data: string }[];
      const foreign = Object.values(PEOPLE).flatMap(({ sub }) =>
        sub !== person.sub && row?.data.includes(sub) ? [sub] : [],
      );
      expect([name, foreign]).toEqual([name, []]);
      expect(row?.data).not.toContain('secret-');
    }
    expect(await find(PEOPLE.otherInstructor, `SELECT discord_teaches('${ID.course}') AS yes`)).toEqual([
      { yes: false },
    ]);
    expect(await find(PEOPLE.coTeacher, `SELECT discord_teaches('${ID.course}') AS yes`)).toEqual([{ yes: true }]);
  });

  it('count and list the students of the caller’s courses alone, whichever courses are asked for', async () => {
    const both = `'{${ID.course},${ID.otherCourse}}'::uuid[]`;
    const seen: Record<string, unknown> = {};
    for (const [name, person] of Object.entries(PEOPLE)) {
      const listed = await find(
        person,
        'SELECT course_id AS id, user_id AS student FROM discord_taught_enrollments() ORDER BY 1',
      );
      const counted = await find(
        person,
        `SELECT course_id AS id, enrolled FROM discord_course_stats(${both}) ORDER BY 1`,
      );
      seen[name] = { listed, counted };
    }
    const ofCourses = (...courses: (readonly [id: string, student: string])[]) => ({
      listed: courses.map(([id, student]) => ({ id, student })),
      counted: courses.map(([id]) => ({ id, enrolled: 1 })),
    });
    const course = [ID.course, ID.student] as const;
    const otherCourse = [ID.otherCourse, ID.otherStudent] as const;
    expect(seen).toEqual({
      student: ofCourses(),
      otherStudent: ofCourses(),
      instructor: ofCourses(course),
      coTeacher: ofCourses(course),
      otherInstructor: ofCourses(otherCourse),
      admin: ofCourses(course, otherCourse),
    });
  });

  it('tell how many write among the caller’s students alone, and not who', async () => {
    await world.owner.rows(`UPDATE discord_memberships SET status = 'joined'`);
    try {
      const activity = (course: string) =>
        `SELECT joined, active FROM discord_weekly_activity(${course}, (now() AT TIME ZONE 'UTC')::date)`;
      const seen: Record<string, unknown[]> = {};
      for (const [name, person] of Object.entries(PEOPLE))
        seen[name] = [await find(person, activity('NULL')), await find(person, activity(`'${ID.course}'`))];
      const [none, one, two] = [0, 1, 2].map((count) => [{ joined: count, active: count }]);
      expect(seen).toEqual({
        student: [none, none],
        otherStudent: [none, none],
        instructor: [one, one],
        coTeacher: [one, one],
        otherInstructor: [one, none],
        admin: [two, one],
      });
    } finally {
      await world.owner.rows(`UPDATE discord_memberships SET status = 'pending'`);
    }
  });

  it('shut only the caller out of a link, not who attends with them', async () => {
    await world.owner.rows(`UPDATE discord_memberships SET removed_by_staff = true WHERE user_id = '${ID.student}'`);
    try {
      const links = 'SELECT course_id AS id FROM course_discord_links';
      expect(await find(PEOPLE.student, links)).toEqual([]);
      expect(await find(PEOPLE.student, 'SELECT discord_shut_out() AS id')).toEqual([{ id: ID.course }]);
      expect(await find(PEOPLE.otherStudent, links)).toEqual([{ id: ID.otherCourse }]);
      expect(await find(PEOPLE.otherStudent, 'SELECT discord_shut_out() AS id')).toEqual([]);
    } finally {
      await world.owner.rows(`UPDATE discord_memberships SET removed_by_staff = false WHERE user_id = '${ID.student}'`);
    }
  });

  it('do nothing for somebody without claims, or with claims that are no token of ours', async () => {
    for (const wrong of [{}, { sub: ID.admin, app_metadata: 'admin' }, { app_metadata: { role: 'admin ' } }]) {
      expect(await find(wrong, 'SELECT discord_is_admin() AS yes')).toEqual([{ yes: false }]);
      expect(await find(wrong, 'SELECT discord_taught()')).toEqual([]);
      expect(await find(wrong, 'SELECT discord_taught_enrollments()')).toEqual([]);
      expect(await find(wrong, `SELECT discord_course_stats('{${ID.course}}')`)).toEqual([]);
    }
  });
});
