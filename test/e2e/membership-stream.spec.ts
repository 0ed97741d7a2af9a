import { type ProcessRole } from '../../src/config/config';
import { leavesWhileRead } from './support/meanwhile';
import { type Classroom, classroom, eventually, Service } from './support/service';

const CHANGES = 'subscription { membershipChanged(after: "0") { status membership { student { id } } } }';
const SET_STAFF =
  'mutation ($courseId: UUID!, $userIds: [UUID!]!) { setCourseStaff(courseId: $courseId, userIds: $userIds) { id } }';

interface Change {
  readonly membershipChanged: { readonly membership: { readonly student: { readonly id: string } } };
}

/** Who hears of changes of memberships, while who teaches what changes too. */
describe('the stream of memberships', () => {
  let service: Service;
  let algebra: Classroom;
  let baking: Classroom;
  const streams: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker']) } });
    algebra = await classroom(service, 'Algebra I');
    baking = await classroom(service, 'Baking II');
  });
  afterAll(async () => {
    for (const stream of streams) await stream.close();
    await service.close();
  });

  function follow(token: string) {
    const stream = service.subscribe<Change>(token, CHANGES);
    streams.push(stream);
    const heard = () =>
      new Set(stream.received.map(({ membershipChanged }) => membershipChanged.membership.student.id));
    return {
      errors: stream.errors,
      heard,
      hears: (userId: string) =>
        eventually(() => {
          expect([...heard()]).toContain(userId);
          return Promise.resolve();
        }, 20_000),
    };
  }

  async function enrolls({ courseId }: Classroom, name: string): Promise<string> {
    const userId = await service.createUser(name);
    await service.enroll(userId, courseId);
    await service.reaches(userId, courseId, 'pending', 'ACCOUNT_NOT_LINKED');
    return userId;
  }

  const setStaff = ({ courseId, instructorToken }: Classroom, userIds: string[]) =>
    service.query(instructorToken, SET_STAFF, { courseId, userIds });

  it('tells a stranger nothing, and a co-teacher no longer what happens after they were taken off', async () => {
    const sari = await service.createUser('Sari Dewi', 'instructor');
    const [teacher, stranger, student] = [
      follow(algebra.instructorToken),
      follow(baking.instructorToken),
      follow(await service.token(await service.createUser('Joko Widodo'))),
    ];
    await setStaff(algebra, [sari]);
    const coTeacher = follow(await service.token(sari, 'instructor'));
    const ayu = await enrolls(algebra, 'Ayu Wulandari');
    await teacher.hears(ayu);
    await coTeacher.hears(ayu);

    await setStaff(algebra, []);
    const budi = await enrolls(algebra, 'Budi Santoso');
    await teacher.hears(budi);
    // What comes after it in the log has been judged, so this was too.
    await setStaff(baking, [sari]);
    const citra = await enrolls(baking, 'Citra Lestari');
    await stranger.hears(citra);
    await coTeacher.hears(citra);

    expect(coTeacher.heard()).toEqual(new Set([ayu, citra]));
    expect(stranger.heard()).toEqual(new Set([citra]));
    expect(teacher.heard()).toEqual(new Set([ayu, budi]));
    expect(student.heard()).toEqual(new Set());
    for (const { errors } of [teacher, stranger, student, coTeacher]) expect(errors).toEqual([]);
  }, 60_000);

  it('misses nothing between an answer and the stream that begins where the answer says that the log ended', async () => {
    const userId = await enrolls(algebra, 'Dewi Anggraini');
    await service.rest();
    const answer = await leavesWhileRead(service, userId, () =>
      service.query(
        algebra.instructorToken,
        'query ($courseId: UUID!, $userId: UUID!) { membership(courseId: $courseId, userId: $userId) { status } logEnd }',
        { courseId: algebra.courseId, userId },
      ),
    );
    const [last] = await service.sql<{ seq: string }>('SELECT max(seq) AS seq FROM discord_log_sequence');
    expect(answer).toEqual({ membership: { status: 'LEFT' }, logEnd: last?.seq });
  });

  it('does not say over a WebSocket where the log ends, because nothing is read first there', async () => {
    const { errors, close } = service.subscribe(algebra.instructorToken, '{ logEnd }');
    await eventually(() => {
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      return Promise.resolve();
    });
    await close();
  });
});
