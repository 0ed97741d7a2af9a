import { type CommandReply } from './support/local-discord-control';
import { answerTo, asRead, opened, press, replyTo } from './support/reading';
import { type Classroom, classroom, Service } from './support/service';

describe('/connect', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
  });
  afterAll(() => service.close());

  const connect = (userId: string, locale?: string) => ({
    guildId: room.guildId,
    userId,
    command: 'connect',
    ...(locale ? { locale } : {}),
  });

  it('gives whoever is not linked the address at which they connect', async () => {
    const { id } = await service.discord.createUser('newcomer');
    await service.discord.join(room.guildId, id);
    const reply = await replyTo(service, connect(id));
    expect(asRead(reply)).toEqual([
      'Your Discord account is not connected with an Anycademy account.',
      'Connect it with the button below. We see your Discord name and bring you into the servers of your courses.',
      '[Connect Discord]',
    ]);
    expect(await opened(service, reply, 'Connect Discord')).toBe('/me 200 text/html; charset=utf-8');
    expect(await answerTo(service, connect(id, 'id'))).toEqual([
      'Akun Discord-mu belum terhubung dengan akun Anycademy.',
      'Hubungkan dengan tombol di bawah. Kami melihat nama Discord-mu dan memasukkanmu ke server kursusmu.',
      '[Hubungkan Discord]',
    ]);
  });

  it('shows students where they stand, and lets them choose whether the bot writes to them', async () => {
    const { userId: ayu, account } = await service.joined('Ayu', room.courseId);

    const reply = await replyTo(service, connect(account));
    expect(asRead(reply)).toEqual([
      'Your course access in this server: ✓ In the server (Algebra I)',
      'Algebra I · ✓ In the server',
      "You're in Algebra I server.",
      'The bot does not write to you directly.',
      '[Allow direct messages] [Open the web page]',
    ]);
    expect(await answerTo(service, connect(account, 'id'))).toEqual([
      'Akses kursusmu di server ini: ✓ Ada di server (Algebra I)',
      'Algebra I · ✓ Ada di server',
      'Kamu sudah ada di Algebra I server.',
      'Bot tidak menulis langsung kepadamu.',
      '[Izinkan pesan langsung] [Buka halaman web]',
    ]);

    const allowed = await press(service, reply, account, 'Allow direct messages');
    expect(asRead(allowed)).toEqual(
      expect.arrayContaining(['The bot may write to you directly.', '[Stop direct messages] [Open the web page]']),
    );
    const { viewer } = await service.query<{ viewer: { directMessages: boolean } }>(
      await service.token(ayu),
      '{ viewer { directMessages } }',
    );
    expect(viewer.directMessages).toBe(true);
    const stopped = await press(service, allowed, account, 'Stop direct messages');
    expect(asRead(stopped)).toContain('The bot does not write to you directly.');
  });

  it('brings back whoever asks, and says what came of it', async () => {
    const second = await service.createCourse('Statistics', room.instructorId);
    await service.query(
      room.instructorToken,
      'mutation ($input: CreateServerConfigInput!) { createServerConfig(input: $input) { id } }',
      { input: { courseId: second, guildId: room.guildId, autoInvite: false } },
    );
    const budi = await service.createUser('Budi');
    const account = await service.link(budi);
    await service.discord.join(room.guildId, account);
    // Not invited anywhere, and in by their own way.
    await service.discord.leave(room.guildId, account);
    await service.enroll(budi, second);
    await service.reaches(budi, second, 'pending', 'NOT_INVITED');
    const guest = await service.discord.createRole(room.guildId, 'Guest');
    await service.discord.untold(() => service.discord.join(room.guildId, account, [guest.id]));

    const reply = await replyTo(service, connect(account));
    expect(asRead(reply)).toEqual([
      'Your course access in this server: ○ Not in yet (Statistics)',
      'Statistics · ○ Not in yet',
      'You can join Algebra I server whenever you like.',
      'What to do: Press the button below.',
      'The bot does not write to you directly.',
      '[Join Statistics] [Allow direct messages] [Open the web page]',
    ]);
    const joined = await press(service, reply, account, 'Join Statistics');
    expect(asRead(joined).slice(1, 3)).toEqual([
      'Statistics · ✓ In the server',
      "You're in Algebra I server. You were there already.",
    ]);
  });

  it('says why whoever presses Join cannot come in, in their own words', async () => {
    const { userId: dewi, account } = await service.joined('Dewi', room.courseId);
    await service.discord.leave(room.guildId, account);
    await service.reaches(dewi, room.courseId, 'left', 'LEFT_BY_CHOICE');
    await service.discord.untold(() => service.discord.join(room.guildId, account));
    const [removed, ended, closed] = [
      await replyTo(service, connect(account)),
      await replyTo(service, connect(account)),
      await replyTo(service, connect(account)),
    ];
    const presses = (reply: CommandReply, locale?: string) =>
      press(service, reply, account, 'Join Algebra I', locale).then(asRead);

    const remove =
      'mutation ($userId: UUID!, $courseId: UUID!) { removeStudent(userId: $userId, courseId: $courseId) { id } }';
    await service.query(room.instructorToken, remove, { userId: dewi, courseId: room.courseId });
    await service.reaches(dewi, room.courseId, 'removed', 'REMOVED_BY_STAFF');
    expect((await presses(removed)).slice(0, 5)).toEqual([
      'You cannot come in: you were removed, and only staff can let you back in.',
      'Your course access in this server: ✕ Access has ended (Algebra I)',
      'Algebra I · ✕ Access has ended',
      'Staff removed you from Algebra I server. Only they can let you back in.',
      'What to do: Ask course staff.',
    ]);
    await service.unenroll(dewi, room.courseId);
    expect((await presses(ended, 'id'))[0]).toBe('Kamu tidak bisa masuk: kamu tidak terdaftar di kursus ini.');
    await service.enroll(dewi, room.courseId);
    await service.sql('UPDATE discord_server_configs SET is_active = false WHERE course_id = $1', [room.courseId]);
    expect((await presses(closed))[0]).toBe('You cannot come in for now: this course is not connected with a server.');
    await service.sql('UPDATE discord_server_configs SET is_active = true WHERE course_id = $1', [room.courseId]);
  });

  it('tells staff what they teach here, and a guest that there is nothing', async () => {
    const reply = await replyTo(service, connect(room.instructorDiscordId));
    expect(asRead(reply)).toEqual([
      'You teach Algebra I and Statistics in this server.',
      'The bot does not write to you directly.',
      '[Allow direct messages] [Open the web page]',
    ]);
    expect(await opened(service, reply, 'Open the web page')).toBe('/courses 200 text/html; charset=utf-8');
    expect((await answerTo(service, connect(room.instructorDiscordId, 'id')))[0]).toBe(
      'Kamu mengajar Algebra I dan Statistics di server ini.',
    );
    const citra = await service.createUser('Citra');
    const account = await service.link(citra);
    await service.discord.join(room.guildId, account);
    expect(await answerTo(service, connect(account))).toEqual([
      'Your Discord account is connected. No course of yours has its place in this server.',
      'Nothing. As soon as you are enrolled in a course of this server, you see it here.',
      'The bot does not write to you directly.',
      '[Allow direct messages] [Open the web page]',
    ]);
  });
});
