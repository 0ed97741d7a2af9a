import { type ProcessRole } from '../../src/config/config';
import { seededRandom } from '../support/seeded-random';
import { type Child } from './support/child-process';
import { settledClass } from './support/settled-class';
import { type Classroom, classroom, configure, eventually, type Linked, Service } from './support/service';

const STUDENTS = 4;
/** Others in each course, to whom nothing happens: beside them the coming and going of a few is no case for the brake. */
const OTHERS = 60;
const STEPS = 16;
/** What every call about a member takes, milliseconds: long enough for several marks to come in while it is made. */
const SLOW = 60;
const MEMBER_CALLS = [
  'PUT /guilds/:id/members/:id',
  'GET /guilds/:id/members/:id',
  'DELETE /guilds/:id/members/:id',
  'PUT /guilds/:id/members/:id/roles/:id',
  'DELETE /guilds/:id/members/:id/roles/:id',
  'GET /guilds/:id/members',
];

/** What the platform may do to the enrollments of some students ($1) in a course ($2). */
const STATEMENTS = [
  `INSERT INTO course_enrollments (user_id, course_id) SELECT u, $2 FROM unnest($1::uuid[]) u
     WHERE NOT EXISTS (SELECT FROM course_enrollments e WHERE e.user_id = u AND e.course_id = $2)`,
  `DELETE FROM course_enrollments WHERE user_id = ANY ($1::uuid[]) AND course_id = $2`,
  `UPDATE course_enrollments SET status = 'cancelled' WHERE user_id = ANY ($1::uuid[]) AND course_id = $2`,
  `UPDATE course_enrollments SET status = 'active', expires_at = NULL WHERE user_id = ANY ($1::uuid[]) AND course_id = $2`,
  `UPDATE course_enrollments SET expires_at = now() WHERE user_id = ANY ($1::uuid[]) AND course_id = $2`,
  `UPDATE course_enrollments SET expires_at = now() + interval '200 milliseconds' WHERE user_id = ANY ($1::uuid[]) AND course_id = $2`,
] as const;

interface Standing {
  readonly userId: string;
  readonly courseId: string;
  readonly enrolled: boolean;
  readonly status: string | null;
  readonly served: boolean;
}

describe('a mark', () => {
  let service: Service;
  let other: Child;
  let students: Linked[];
  let courses: Classroom[];

  beforeAll(async () => {
    // No minute sweep, which would find what was lost.
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker', 'bot']) } });
    other = service.process({ roles: new Set<ProcessRole>(['worker']) });
    const room = await classroom(service, 'Algebra');
    const courseId = await service.createCourse('Geometry', room.instructorId);
    const { id: roleId } = await service.discord.createRole(room.guildId, 'Geometry');
    const input = { courseId, guildId: room.guildId, studentRoleId: roleId };
    const configId = await configure(service, room.instructorToken, input);
    courses = [room, { ...room, courseId, roleId, configId }];
    for (const course of courses) await settledClass(service, course, OTHERS);
    students = await service.students(STUDENTS);
    await service.sql(`
      CREATE TABLE holders (holder text PRIMARY KEY);
      CREATE FUNCTION note_holder() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        INSERT INTO public.holders VALUES (NEW.holder) ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $$;
      CREATE TRIGGER holder AFTER UPDATE OF epoch ON discord_guild_leases FOR EACH ROW EXECUTE FUNCTION note_holder()`);
    await other.prints(/listening/);
    await service.rest();
  }, 90_000);
  afterAll(async () => {
    await other.stop('SIGKILL');
    await service.close();
  });

  const rejoin = async ({ userId }: Linked, { courseId }: Classroom): Promise<unknown> =>
    // Refused where they are not enrolled, or not known yet: then it is no mark.
    service.graphql(
      await service.token(userId),
      'mutation ($courseId: UUID!) { rejoinCourse(courseId: $courseId) { status } }',
      { courseId },
    );
  const compare = ({ courseId, instructorToken }: Classroom): Promise<unknown> =>
    service.query(instructorToken, 'mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) { id } }', {
      courseId,
    });

  /** How often the server has been taken in hand. */
  async function rounds(): Promise<number> {
    const [row] = await service.sql<{ rounds: number }>(
      'SELECT epoch::int AS rounds FROM discord_guild_leases WHERE guild_id = $1',
      [courses[0]!.guildId],
    );
    return row!.rounds;
  }

  /** Enrolled if they are not, or the other way round. */
  async function turn({ userId }: Linked, { courseId }: Classroom): Promise<void> {
    const inserted = await service.sql(`${STATEMENTS[0]} RETURNING id`, [[userId], courseId]);
    if (inserted.length > 0) return;
    await service.sql(
      `UPDATE course_enrollments SET expires_at = NULL,
         status = CASE WHEN status = 'active' AND (expires_at IS NULL OR expires_at > now()) THEN 'cancelled' ELSE 'active' END
       WHERE user_id = $1 AND course_id = $2`,
      [userId, courseId],
    );
  }

  /** Waits until a call about the student is under way, if there is anything to call for. @returns whether there is. */
  async function inHand({ userId }: Linked): Promise<boolean> {
    for (const until = Date.now() + 1_000; Date.now() < until;) {
      const busy = await service.sql(
        'SELECT FROM discord_memberships WHERE user_id = $1 AND attempt IS NOT NULL AND generation > observed_generation',
        [userId],
      );
      if (busy.length > 0) return true;
    }
    return false;
  }

  /** How each of the students stands in each of the courses, and whether every mark of theirs is served. */
  function standings(): Promise<Standing[]> {
    return service.sql<Standing>(
      `SELECT u AS "userId", c AS "courseId", e.user_id IS NOT NULL AS enrolled, m.status,
         coalesce(m.observed_generation = m.generation AND m.attempt IS NULL, true) AS served
       FROM unnest($1::uuid[]) u CROSS JOIN unnest($2::uuid[]) c
         LEFT JOIN course_enrollments e ON e.user_id = u AND e.course_id = c
           AND e.status = 'active' AND (e.expires_at IS NULL OR e.expires_at > now())
         LEFT JOIN discord_memberships m ON m.user_id = u AND m.course_id = c`,
      [students.map(({ userId }) => userId), courses.map(({ courseId }) => courseId)],
    );
  }

  /** Whoever left and is enrolled still says that they want to be in: a mark like every other. */
  async function allWantToBeIn(): Promise<void> {
    for (const { userId, courseId, enrolled, status } of await standings()) {
      if (!enrolled || status !== 'left') continue;
      await rejoin(
        students.find((student) => student.userId === userId)!,
        courses.find((course) => course.courseId === courseId)!,
      );
    }
  }

  /** Every mark is served, and Discord is as the enrollments say. */
  async function everythingIsInStep(): Promise<void> {
    const all = await standings();
    expect(all.filter(({ served }) => !served)).toEqual([]);
    expect(all.filter(({ enrolled, status }) => enrolled !== (status === 'joined'))).toEqual([]);
    const { members } = await service.discord.guild(courses[0]!.guildId);
    const actual = students.map(({ account }) => members.find(({ userId }) => userId === account)?.roles.toSorted());
    const desired = students.map(({ userId }) => {
      const wanting = courses.filter(({ courseId }) =>
        all.some((one) => one.enrolled && one.userId === userId && one.courseId === courseId),
      );
      return wanting.length === 0 ? undefined : wanting.map(({ roleId }) => roleId).sort();
    });
    expect(actual).toEqual(desired);
  }

  it('at any moment of a run is never lost', async () => {
    const random = seededRandom('marks at any moment');
    const oneOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
    const pause = (most: number) => new Promise((resolve) => setTimeout(resolve, random() * most));
    await service.discord.faults(
      MEMBER_CALLS.map((call) => {
        const [method, route] = call.split(' ');
        return { method, route, delayMs: SLOW };
      }),
    );
    let inside = 0;
    // The last round without comparisons, which would find what was lost.
    for (const compares of [true, true, false]) {
      let marks = 0;
      const asked: Promise<unknown>[] = [];
      for (let step = 0; step < STEPS; step += 1) {
        const course = oneOf(courses);
        const student = oneOf(students);
        const some = random() < 0.2 ? students.filter(() => random() < 0.6) : [student];
        const kind = random();
        if (kind < 0.1) {
          // Not in: there is nothing to leave.
          await service.discord.leave(course.guildId, student.account).catch(() => undefined);
          await pause(SLOW);
        }
        if (kind < 0.25) asked.push(rejoin(student, course));
        else if (kind < 0.35 && compares) asked.push(compare(course));
        else {
          // Several of one membership right after another, or one.
          const times = random() < 0.3 ? 4 : 1;
          for (let time = 0; time < times; time += 1) {
            const statement = random() < 0.4 ? STATEMENTS[0] : oneOf(STATEMENTS);
            await service.sql(statement, [some.map(({ userId }) => userId), course.courseId]);
          }
          marks += times;
        }
        // What was removed counts for the brake of another day.
        await service.aDayPasses();
        await pause(1.5 * SLOW);
      }
      await Promise.all(asked);
      // Everybody's last word comes while what they said before is being done.
      for (const student of students) {
        const course = oneOf(courses);
        await turn(student, course);
        if (await inHand(student)) inside += 1;
        await turn(student, course);
        marks += 2;
      }
      const before = await rounds();
      await eventually(async () => {
        await allWantToBeIn();
        await everythingIsInStep();
      }, 30_000);
      await service.rest();
      await everythingIsInStep();
      expect((await rounds()) - before).toBeLessThanOrEqual(2 * (marks + asked.length) + STUDENTS);
    }
    expect(inside).toBeGreaterThan(0);
    expect(await service.sql('SELECT FROM holders')).toHaveLength(2);
  }, 120_000);
});
