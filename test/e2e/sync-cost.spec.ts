import { type Classroom, classroom, Service } from './support/service';
import { differ, DIFFERENCES, settledClass, type Student, syncInFull } from './support/settled-class';
import { statementsOf } from './support/statements';

const MEMBERS = 1_000;
const DIFFERING = 10;

/** Counted, not timed: Discord's bot has no part in it, so every call is the sync's own. */
describe('what a full sync of a class of a thousand costs', () => {
  let service: Service;
  let room: Classroom;
  let students: Student[];

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set(['api', 'worker']) } });
    room = await classroom(service, 'Algebra I');
    students = await settledClass(service, room, MEMBERS);
    await service.rest();
  }, 60_000);
  afterAll(() => service.close());
  beforeEach(() => service.discord.clearRequests());

  /** The calls of the last sync, by what they were. */
  async function calls(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const call of await service.discord.calls()) counts[call] = (counts[call] ?? 0) + 1;
    return counts;
  }

  it('is the list of its members, and the server itself, when nothing differs', async () => {
    const run = await syncInFull(service, room);
    expect(run).toMatchObject({ status: 'SUCCEEDED', total: MEMBERS, added: 0, roleChanges: 0, removed: 0, failed: 0 });
    // The owner and the bot are members too, so there is a second page.
    const list = { 'GET /guilds/:id/members 200': 2, 'GET /guilds/:id 200': 1 };
    expect(await calls()).toEqual({ ...list, 'GET /users/@me 200': 1 });
    expect(run.apiCalls).toBe(4);

    await service.discord.clearRequests();
    expect((await syncInFull(service, room)).apiCalls).toBe(3);
    expect(await calls()).toEqual(list);
  });

  it.each(DIFFERENCES)('is one call more for each student of whom %s', async (kind) => {
    await differ(service, room, kind, students.splice(0, DIFFERING), DIFFERING);
    await service.discord.clearRequests();
    const run = await syncInFull(service, room);
    expect(run).toMatchObject({ status: 'SUCCEEDED', failed: 0 });
    expect(run.added + run.roleChanges + run.removed).toBe(DIFFERING);
    const made = Object.values(await calls()).reduce((sum, count) => sum + count, 0);
    expect(made).toBeLessThanOrEqual(Math.ceil(MEMBERS / 1_000) + DIFFERING + 3);
    expect(run.apiCalls).toBe(made);
  });

  it('is one call for each student who has to be invited, and a question or two whether it is stored for whom', async () => {
    const crowd = await service.crowd(DIFFERING);
    const people = crowd.map(({ userId }) => userId);
    await service.sql(`UPDATE user_discord_connections SET scopes = '{identify}' WHERE user_id = ANY($1)`, [people]);
    await service.rest();
    await service.unseen(() =>
      service.sql('INSERT INTO course_enrollments (user_id, course_id) SELECT unnest($1::uuid[]), $2', [
        people,
        room.courseId,
      ]),
    );
    await service.discord.clearRequests();
    const run = await syncInFull(service, room);
    expect(run).toMatchObject({ status: 'SUCCEEDED', failed: 0, added: 0 });
    const { 'GET /invites/:id/target-users/job-status 200': questions = 0, ...others } = await calls();
    expect(others).toEqual({
      'GET /guilds/:id/members 200': 2,
      'GET /guilds/:id 200': 1,
      'POST /channels/:id/invites 200': DIFFERING,
    });
    // Asked at once, after 50 ms and after 150: the local Discord has stored it by then.
    expect(questions).toBeGreaterThanOrEqual(DIFFERING);
    expect(questions).toBeLessThanOrEqual(3 * DIFFERING);
    expect(run.apiCalls).toBe(3 + DIFFERING + questions);
    expect(await service.sql(`SELECT FROM discord_memberships WHERE status = 'invited'`)).toHaveLength(DIFFERING);
  });

  it('is no statement for each student, and no transaction that is open while Discord is asked', async () => {
    await differ(service, room, 'a role is missing', students.splice(0, 1), 1);
    const slow = { delayMs: 1_500 };
    await service.discord.faults([
      { method: 'GET', route: '/guilds/:id/members', ...slow },
      { method: 'PUT', route: '/guilds/:id/members/:id/roles/:id', ...slow },
    ]);
    const firstSeen = new Map<string, number>();
    const held: string[] = [];
    const statements = await statementsOf(async () => {
      const asked = syncInFull(service, room).then(() => true);
      while (!(await Promise.race([asked, pause(50)]))) {
        const open = await service.sql<{ id: string; query: string }>(
          `SELECT format('%s since %s', pid, xact_start) AS id, query FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`,
        );
        for (const { id, query } of open) {
          const since = firstSeen.get(id) ?? Date.now();
          firstSeen.set(id, since);
          if (Date.now() - since > 1_000) held.push(query);
        }
      }
    });
    await service.discord.noFaults();
    expect(held).toEqual([]);
    expect(await service.discord.calls()).toContain('PUT /guilds/:id/members/:id/roles/:id 204');
    expect(statements.filter((text) => text.includes('discord_memberships')).length).toBeLessThan(40);
  }, 60_000);

  it('is said when it is done: how many were checked, how many calls it took, and what it changed', async () => {
    await differ(service, room, 'a role is missing', students.splice(0, 3), 3);
    await differ(service, room, 'a member is to be removed', students.splice(0, 2), 2);
    await service.discord.clearRequests();
    const run = await syncInFull(service, room);
    const made = await service.discord.calls();
    expect(run.apiCalls).toBe(made.length);
    const { auditLog } = await service.query<{ auditLog: { nodes: { details: unknown }[] } }>(
      room.instructorToken,
      `query ($courseId: UUID) { auditLog(filter: { courseId: $courseId, action: [SYNC] }, first: 1) { nodes { details } } }`,
      { courseId: room.courseId },
    );
    expect(auditLog.nodes[0]?.details).toEqual({ checked: run.total, calls: made.length, changes: 5, failed: 0 });
  });
});

const pause = (ms: number): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), ms));
