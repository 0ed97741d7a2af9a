import { type Classroom, classroom, eventually, Service } from './support/service';

describe('nothing is lost', () => {
  let service: Service;
  let room: Classroom;
  let students: { userId: string; account: string }[];

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service, 'Algebra I');
    students = await service.students(10);
    await enrolled(0, 5);
    await service.rest();
  }, 30_000);
  afterAll(() => service.close());

  /** Enrolls these students and waits until they are in. */
  async function enrolled(from: number, to: number): Promise<void> {
    for (const { userId } of students.slice(from, to)) await service.enroll(userId, room.courseId);
    for (const { userId } of students.slice(from, to)) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
  }

  async function isIn(account: string, guildId = room.guildId): Promise<boolean> {
    return (await service.discord.member(guildId, account)) !== undefined;
  }

  describe('while the service is down', () => {
    it('who was enrolled comes in at the next start, and whose access ended is out', async () => {
      const [kept, unenrolled, suspended, deleted, expired, newcomer, ofDeletedCourse] = students;
      const logic = await classroom(service, 'Logic');
      await service.enroll(ofDeletedCourse!.userId, logic.courseId);
      await service.reaches(ofDeletedCourse!.userId, logic.courseId, 'joined', 'ADDED');
      await service.down();

      await service.enroll(newcomer!.userId, room.courseId);
      await service.unenroll(unenrolled!.userId, room.courseId);
      await service.sql(`UPDATE course_enrollments SET status = 'cancelled' WHERE user_id = $1`, [suspended!.userId]);
      await service.sql(`UPDATE course_enrollments SET expires_at = now() WHERE user_id = $1`, [expired!.userId]);
      await service.sql('DELETE FROM auth.users WHERE id = $1', [deleted!.userId]);
      await service.sql('DELETE FROM courses WHERE id = $1', [logic.courseId]);
      await service.up();

      await service.reaches(newcomer!.userId, room.courseId, 'joined', 'ADDED');
      expect((await service.discord.member(room.guildId, newcomer!.account))?.roles).toEqual([room.roleId]);
      for (const { userId, account } of [unenrolled!, suspended!, expired!, deleted!]) {
        await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
        expect(await isIn(account)).toBe(false);
      }
      await service.reaches(ofDeletedCourse!.userId, logic.courseId, 'removed', 'ENROLLMENT_ENDED');
      expect(await isIn(ofDeletedCourse!.account, logic.guildId)).toBe(false);
      await service.reaches(kept!.userId, room.courseId, 'joined', 'ADDED');
      expect(await isIn(kept!.account)).toBe(true);
      // A deleted user keeps no connection: their account is free again.
      await eventually(async () =>
        expect(await service.sql('SELECT FROM user_discord_connections WHERE user_id = $1', [deleted!.userId])).toEqual(
          [],
        ),
      );
    });

    it('who came and who left is seen at the next start', async () => {
      const [kept, , , , , newcomer, leaver] = students;
      await service.enroll(leaver!.userId, room.courseId);
      await service.reaches(leaver!.userId, room.courseId, 'joined', 'ADDED');
      const guest = await service.createUser('Hana Putri');
      const account = await service.link(guest, { autoJoin: false });
      await service.enroll(guest, room.courseId);
      await service.reaches(guest, room.courseId, 'invited', 'INVITE_OPEN');
      const link = (await service.membership(guest, room.courseId))?.invite_link;
      await service.down();

      await service.discord.leave(room.guildId, leaver!.account);
      await service.discord.accept(link!.split('/').at(-1)!, account);
      await service.discord.join(room.guildId, kept!.account, []);
      await service.up();

      await service.reaches(leaver!.userId, room.courseId, 'left', 'LEFT_BY_CHOICE');
      await service.reaches(guest, room.courseId, 'joined', 'USED_INVITE');
      expect((await service.discord.member(room.guildId, account))?.roles).toEqual([room.roleId]);
      await eventually(async () =>
        expect((await service.discord.member(room.guildId, kept!.account))?.roles).toEqual([room.roleId]),
      );
      await service.reaches(newcomer!.userId, room.courseId, 'joined', 'ADDED');
      expect(await isIn(leaver!.account)).toBe(false);
    });
  });

  describe('while Discord is down', () => {
    /** Whoever asks the API is served, whatever Discord does. */
    async function answers(): Promise<void> {
      const { course } = await service.query<{ course: { title: string } }>(
        room.instructorToken,
        'query ($id: UUID!) { course(id: $id) { title } }',
        { id: room.courseId },
      );
      expect(course.title).toBe('Algebra I');
    }

    it('the service starts and says so, and goes to work when Discord appears', async () => {
      const student = students[7];
      await service.down();
      await service.discordVanishes();
      await service.up({ waits: false });

      await eventually(async () => {
        const { status, parts } = await service.health();
        expect(status).toBe(200);
        expect(parts['discord-gateway']).toMatchObject({
          up: false,
          message: expect.stringMatching(/^Not connected to Discord's gateway since /) as string,
        });
      });
      await answers();
      await service.enroll(student!.userId, room.courseId);
      await eventually(async () =>
        expect(await service.membership(student!.userId, room.courseId)).toMatchObject({
          status: 'pending',
          reason: 'DISCORD_UNAVAILABLE',
        }),
      );
      const { membership } = await service.query<{ membership: { explanation: string; nextStep: string } }>(
        room.instructorToken,
        'query ($userId: UUID!, $courseId: UUID!) { membership(userId: $userId, courseId: $courseId) { explanation nextStep } }',
        { userId: student!.userId, courseId: room.courseId },
      );
      expect(membership).toEqual({ explanation: expect.stringContaining('Discord') as string, nextStep: 'WAIT' });

      await service.discordReturns();
      await service.listens();
      await service.reaches(student!.userId, room.courseId, 'joined', 'ADDED', 15_000);
      expect((await service.discord.member(room.guildId, student!.account))?.roles).toEqual([room.roleId]);
    }, 40_000);

    it('or refuses the bot token, the service starts all the same and names what to check', async () => {
      const student = students[8];
      await service.down();
      await service.discord.clearRequests();
      const discord = { ...service.config.discord, botToken: 'not.the.token' };
      await service.up({ waits: false, config: { discord } });

      await service.enroll(student!.userId, room.courseId);
      await eventually(async () => {
        const { status, parts } = await service.health();
        expect(status).toBe(200);
        for (const part of [parts['discord-gateway'], parts['discord-rest']]) {
          expect(part).toMatchObject({
            up: false,
            message: expect.stringContaining('Check DISCORD_BOT_TOKEN') as string,
          });
          expect(part?.message).not.toContain('not.the.token');
        }
      });
      await answers();
      await eventually(async () =>
        expect((await service.membership(student!.userId, room.courseId))?.status).toBe('pending'),
      );
      // A refused token is not tried again and again: Discord bans whoever does that.
      const refused = (await service.discord.calls()).filter((call) => call.endsWith(' 401'));
      expect(refused.length).toBeLessThanOrEqual(2);

      await service.down();
      await service.up();
      await service.reaches(student!.userId, room.courseId, 'joined', 'ADDED', 15_000);
    }, 40_000);
  });
});
