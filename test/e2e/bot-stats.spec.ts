import { type CommandRun } from './support/local-discord-control';
import { answerTo, asRead, opened, replyTo } from './support/reading';
import { type Classroom, classroom, configure, eventually, Service } from './support/service';

describe('/server-stats', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
  });
  afterAll(() => service.close());

  const run = (userId = room.instructorDiscordId, locale?: string): CommandRun => ({
    guildId: room.guildId,
    userId,
    command: 'server-stats',
    ...(locale ? { locale } : {}),
  });

  it('counts the students of each course, and says how long they wait for their role', async () => {
    expect(await answerTo(service, run())).toEqual([
      'Students in Algebra I server: Algebra I 0 of 0.',
      'Algebra I',
      '0 enrolled · 0 linked · 0 in the server · 0 invited · 0 left',
      '✓ The server is healthy.',
      'From enrollment to role: nobody was added in the last 30 days.',
      '[Open the web page]',
    ]);
    const people = { ayu: true, budi: true, citra: false };
    for (const [name, isLinked] of Object.entries(people)) {
      const id = await service.createUser(name);
      const account = isLinked ? await service.link(id) : null;
      await service.enroll(id, room.courseId);
      await service.reaches(id, room.courseId, isLinked ? 'joined' : 'pending');
      if (name !== 'budi' || !account) continue;
      await service.discord.leave(room.guildId, account);
      await service.reaches(id, room.courseId, 'left');
    }
    const dewi = await service.createUser('dewi');
    await service.link(dewi, { autoJoin: false });
    await service.enroll(dewi, room.courseId);
    await service.reaches(dewi, room.courseId, 'invited');

    const reply = await replyTo(service, run());
    expect(asRead(reply)).toEqual([
      'Students in Algebra I server: Algebra I 1 of 4.',
      'Algebra I',
      '4 enrolled · 3 linked · 1 in the server · 1 invited · 1 left',
      '✓ The server is healthy.',
      expect.stringMatching(/^From enrollment to role: usually [\d.]+ s, at most [\d.]+ s for 95 of 100 students\.$/),
      '[Open the web page]',
    ]);
    expect(await opened(service, reply, 'Open the web page')).toBe(
      `/courses/${room.courseId}/discord 200 text/html; charset=utf-8`,
    );
    expect(await answerTo(service, run(undefined, 'id'))).toEqual([
      'Siswa di Algebra I server: Algebra I 1 dari 4.',
      'Algebra I',
      '4 terdaftar · 3 terhubung · 1 ada di server · 1 diundang · 1 keluar',
      '✓ Server sehat.',
      expect.stringMatching(
        /^Dari pendaftaran sampai peran: biasanya [\d,]+ dtk, paling lama [\d,]+ dtk untuk 95 dari 100 siswa\.$/,
      ),
      '[Buka halaman web]',
    ]);
  });

  it('names every check that fails, for the course that it concerns', async () => {
    const second = await service.createCourse('Biology', room.instructorId);
    await configure(service, room.instructorToken, { courseId: second, guildId: room.guildId });
    const unbound = await service.createCourse('Chemistry', room.instructorId);
    await configure(service, room.instructorToken, { courseId: unbound, guildId: room.guildId, isActive: false });
    // The bot falls below the student role of Algebra, and may not invite any more.
    await service.discord.addBot(room.guildId, { permissions: '268438658', position: 1 });
    await eventually(async () =>
      expect(await answerTo(service, run())).toEqual([
        'Students in Algebra I server: Algebra I 1 of 4, Biology 0 of 0, Chemistry 0 of 0. ⚠️ Something is missing in the server.',
        'Algebra I',
        '4 enrolled · 3 linked · 1 in the server · 1 invited · 1 left',
        '⚠️ Something is missing in the server:',
        "• The bot lacks “Create Invite”, so it cannot bring students in. Turn it on for the bot's role in Server settings → Roles → Permissions.",
        "• The bot stands below “Student”. Drag the bot's role above “Student” in Server settings → Roles.",
        expect.stringContaining('From enrollment to role'),
        'Biology',
        '0 enrolled · 0 linked · 0 in the server · 0 invited · 0 left',
        '⚠️ Something is missing in the server:',
        "• The bot lacks “Create Invite”, so it cannot bring students in. Turn it on for the bot's role in Server settings → Roles → Permissions.",
        expect.stringContaining('From enrollment to role'),
        'Chemistry',
        '0 enrolled · 0 linked · 0 in the server · 0 invited · 0 left',
        'The course is switched off here.',
        expect.stringContaining('From enrollment to role'),
        '[Open Algebra I] [Open Biology] [Open Chemistry]',
      ]),
    );
    expect((await answerTo(service, run(undefined, 'id'))).slice(3, 6)).toEqual([
      '⚠️ Ada yang kurang di server:',
      '• Bot tidak punya “Create Invite”, jadi tidak bisa memasukkan siswa. Aktifkan untuk peran bot di Server settings → Roles → Permissions.',
      '• Bot ada di bawah “Student”. Seret peran bot ke atas “Student” di Server settings → Roles.',
    ]);
  });

  it('shows everybody only what they teach here, admins everything, and others nothing', async () => {
    const manager = await service.discord.createRole(room.guildId, 'Staff', { permissions: '32' });
    const member = async (name: string, role: 'instructor' | 'admin' | 'student'): Promise<string> => {
      const id = await service.createUser(name, role);
      const account = await service.link(id, { role });
      await service.discord.join(room.guildId, account, [manager.id]);
      if (name === 'Co-teacher')
        await service.sql(`INSERT INTO course_staff SELECT id, $1 FROM courses WHERE title = 'Biology'`, [id]);
      return account;
    };
    expect((await answerTo(service, run(await member('Co-teacher', 'student')))).slice(0, 2)).toEqual([
      'Students in Algebra I server: Biology 0 of 0. ⚠️ Something is missing in the server.',
      'Biology',
    ]);
    expect((await answerTo(service, run(await member('Amira', 'admin'))))[0]).toBe(
      'Students in Algebra I server: Algebra I 1 of 4, Biology 0 of 0, Chemistry 0 of 0. ⚠️ Something is missing in the server.',
    );
    for (const role of ['instructor', 'student'] as const)
      expect((await answerTo(service, run(await member('Somebody', role))))[0]).toBe(
        'You do not teach a course that is connected with this server.',
      );
    const stranger = await service.discord.createUser('stranger');
    await service.discord.join(room.guildId, stranger.id, [manager.id]);
    expect((await answerTo(service, run(stranger.id)))[0]).toBe(
      'Your Discord account is not connected with an Anycademy account.',
    );
  });

  it('is not shown to members who do not manage the server', async () => {
    const guest = await service.discord.createUser('guest');
    await service.discord.join(room.guildId, guest.id);
    await expect(service.discord.command(run(guest.id))).rejects.toThrow('Discord hides /server-stats here');
    expect((await answerTo(service, { ...run(guest.id), command: 'connect' }))[0]).toContain('not connected');
  });
});
