import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';
import { settledClass, syncInFull } from './support/settled-class';

const ADD = { method: 'PUT', route: '/guilds/:id/members/:id' };

/** How Discord's limits for one, for all and for a resource that bots share end: short 429s stand in other files. */
describe('a limit of Discord is nobody’s failure', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set(['api', 'worker']) } });
  }, 30_000);
  beforeEach(async () => {
    room = await classroom(service, 'Algebra');
    await service.rest();
  });
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  const enroll = async (students: readonly Linked[], { courseId }: Classroom) => {
    for (const { userId } of students) await service.enroll(userId, courseId);
  };
  const failures = () => service.sql(`SELECT user_id, error_message FROM discord_log WHERE status = 'failed'`);

  it('a shared one holds up its own server only, and nobody of it is lost', async () => {
    const other = await classroom(service, 'Biology');
    const [here, there] = [await service.students(3), await service.students(3)];
    await service.rest();
    await service.discord.clearRequests();
    await service.discord.faults([
      { ...ADD, guildId: room.guildId, status: 429, scope: 'shared', body: { retry_after: 1 } },
    ]);
    await enroll(here, room);
    await eventually(async () => expect(await service.discord.calls()).toContain('PUT /guilds/:id/members/:id 429'));
    await enroll(there, other);
    for (const { userId } of there) await service.reaches(userId, other.courseId, 'joined', 'ADDED');
    for (const { userId } of here)
      expect(await service.membership(userId, room.courseId)).toMatchObject({ status: 'pending', reason: 'QUEUED' });
    await service.discord.noFaults();
    for (const { userId } of here) await service.reaches(userId, room.courseId, 'joined', 'ADDED', 20_000);
    expect(await failures()).toEqual([]);
  }, 60_000);

  it('a global one holds up every server until it is over, at no further call', async () => {
    const other = await classroom(service, 'Biology');
    const [here, there] = [await service.students(2), await service.students(2)];
    await service.rest();
    await service.discord.clearRequests();
    await service.discord.faults([{ ...ADD, status: 429, body: { retry_after: 3, global: true }, times: 1 }]);
    await enroll(here, room);
    await enroll(there, other);
    for (const { userId } of here) await service.reaches(userId, room.courseId, 'joined', 'ADDED', 30_000);
    for (const { userId } of there) await service.reaches(userId, other.courseId, 'joined', 'ADDED', 30_000);
    const adds = (await service.discord.calls()).filter((call) => call.startsWith('PUT /guilds/:id/members/:id '));
    expect(adds.filter((call) => call.endsWith(' 201'))).toHaveLength(4);
    // What was on its way already may meet it too; nothing is sent after it.
    expect(adds.filter((call) => call.endsWith(' 429'))).toHaveLength(1);
    expect(await failures()).toEqual([]);
  }, 90_000);

  it('one that is met between two steps for a student is waited for: the run counts nobody as failed', async () => {
    const students = await settledClass(service, room, 3);
    const next = await service.discord.createRole(room.guildId, 'Student II');
    await service.sql('ALTER TABLE discord_server_configs DISABLE TRIGGER USER');
    await service.sql('UPDATE discord_server_configs SET student_role_id = $2 WHERE id = $1', [room.configId, next.id]);
    await service.sql('ALTER TABLE discord_server_configs ENABLE TRIGGER USER');
    await service.discord.faults([
      {
        method: 'DELETE',
        route: '/guilds/:id/members/:id/roles/:id',
        status: 429,
        body: { retry_after: 1 },
        times: 1,
      },
    ]);
    expect(await syncInFull(service, room)).toMatchObject({ status: 'SUCCEEDED', roleChanges: 6, failed: 0 });
    for (const { account } of students)
      expect((await service.discord.member(room.guildId, account))?.roles).toEqual([next.id]);
    expect(await failures()).toEqual([]);
  }, 60_000);
});
