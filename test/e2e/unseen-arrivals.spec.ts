import { classroom, eventually, type Linked, Service } from './support/service';

jest.setTimeout(120_000);

describe('whoever comes in by themselves while the work in the server waits', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start();
    await service.goesOnElsewhere();
  });
  afterAll(() => service.close());

  it('is counted by the brake when their enrollment is lost: nobody is removed before staff has confirmed', async () => {
    const room = await classroom(service, 'Algebra', { autoInvite: false });
    const students: Linked[] = await service.students(12);
    for (const { userId } of students) await service.enroll(userId, room.courseId);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'pending', 'NOT_INVITED');
    await service.sql(
      `UPDATE discord_guilds SET health = 'DEGRADED', paused_until = now() + interval '1 hour' WHERE guild_id = $1`,
      [room.guildId],
    );
    for (const { account } of students) await service.discord.join(room.guildId, account);
    await eventually(async () =>
      expect(
        await service.sql('SELECT FROM discord_memberships WHERE course_id = $1 AND is_member', [room.courseId]),
      ).toHaveLength(students.length),
    );
    await service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [room.courseId]);
    await service.query(room.instructorToken, 'mutation ($id: UUID!) { recheckServer(id: $id) { id } }', {
      id: room.configId,
    });
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'REMOVAL_HELD');
    const { members } = await service.discord.guild(room.guildId);
    expect(members.filter(({ userId }) => students.some(({ account }) => account === userId))).toHaveLength(12);
  });
});
