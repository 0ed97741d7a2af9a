import { type Classroom, classroom, configure, eventually, Service } from './support/service';

const CHANGED = `subscription ($courseId: UUID) {
  membershipChanged(courseId: $courseId) { seq status reason previousStatus membership { status student { displayName } } }
}`;

interface Changed {
  membershipChanged: { seq: string; status: string; reason: string; previousStatus: string | null };
}

describe('a student who enrolls', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service, 'Algebra I', { welcomeMessage: 'Welcome {student} to {course}!' });
  });
  afterAll(() => service.close());

  it('is in the server with the student role, is welcomed, and the stream tells', async () => {
    const ayu = await service.createUser('Ayu Wulandari');
    const account = await service.link(ayu);
    const stream = service.subscribe<Changed>(room.instructorToken, CHANGED, { courseId: room.courseId });
    await new Promise((resolve) => setTimeout(resolve, 300));

    await service.enroll(ayu, room.courseId);
    await eventually(async () =>
      expect((await service.discord.member(room.guildId, account))?.roles).toEqual([room.roleId]),
    );

    await service.reaches(ayu, room.courseId, 'joined', 'ADDED');
    await eventually(async () => {
      const messages = (await service.discord.guild(room.guildId)).channels.flatMap((channel) => channel.messages);
      expect(messages.map((message) => message.content)).toEqual(['Welcome Ayu Wulandari to Algebra I!']);
    });
    await eventually(async () => {
      const steps = stream.received.map(({ membershipChanged: { status, reason, previousStatus } }) => [
        previousStatus,
        status,
        reason,
      ]);
      await Promise.resolve();
      expect(steps).toEqual([
        [null, 'PENDING', 'QUEUED'],
        ['PENDING', 'JOINED', 'ADDED'],
      ]);
    });
    expect(stream.errors).toEqual([]);
    await stream.close();

    const log = await service.sql<{ action: string; status: string; new_status: string }>(
      'SELECT action, status, new_status FROM discord_log WHERE user_id = $1 AND membership_id IS NOT NULL ORDER BY seq',
      [ayu],
    );
    expect(log).toEqual([
      { action: 'enrollment', status: 'pending', new_status: 'pending' },
      { action: 'add', status: 'success', new_status: 'joined' },
    ]);
  });

  it('is told of at once also where the platform gives ids that no UUID version makes', async () => {
    const account = (await service.discord.createUser('seeded')).id;
    const [userId, courseId] = ['00000000-0000-0000-0000-0000000000a1', '00000000-0000-0000-0000-0000000000c1'];
    await service.sql('INSERT INTO auth.users (id, email) VALUES ($1, $2)', [userId, 'seeded@example.org']);
    await service.sql(`INSERT INTO courses (id, title, instructor_id) VALUES ($1, 'Seeds', $2)`, [
      courseId,
      room.instructorId,
    ]);
    await configure(service, room.instructorToken, {
      courseId,
      guildId: room.guildId,
      studentRoleId: room.roleId,
      inviteChannelId: room.channelId,
    });
    await service.link(userId, { discordUserId: account });
    await service.enroll(userId, courseId);
    await service.reaches(userId, courseId, 'joined', 'ADDED');
  });
});
