import { answerTo, asRead, press, replyTo } from './support/reading';
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
    expect(reply.components?.[0]?.components[0]?.url).toBe('http://127.0.0.1:3000/me');
    expect(await answerTo(service, connect(id, 'id'))).toEqual([
      'Akun Discord-mu belum terhubung dengan akun Anycademy.',
      'Hubungkan dengan tombol di bawah. Kami melihat nama Discord-mu dan memasukkanmu ke server kursusmu.',
      '[Hubungkan Discord]',
    ]);
  });

  it('shows students where they stand, and lets them choose whether the bot writes to them', async () => {
    const ayu = await service.createUser('Ayu');
    const account = await service.link(ayu);
    await service.enroll(ayu, room.courseId);
    await service.reaches(ayu, room.courseId, 'joined', 'ADDED');

    const reply = await replyTo(service, connect(account));
    expect(asRead(reply)).toEqual([
      'Your course access in this server: ✅ In the server (Algebra I)',
      'Algebra I · ✅ In the server',
      "You're in Algebra I server.",
      'The bot does not write to you directly.',
      '[Allow direct messages] [Open the web page]',
    ]);
    expect(await answerTo(service, connect(account, 'id'))).toEqual([
      'Akses kursusmu di server ini: ✅ Ada di server (Algebra I)',
      'Algebra I · ✅ Ada di server',
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
      'Your course access in this server: 🕓 Not in yet (Statistics)',
      'Statistics · 🕓 Not in yet',
      'You can join Algebra I server whenever you like.',
      'What to do: Press the button below.',
      'The bot does not write to you directly.',
      '[Join Statistics] [Allow direct messages] [Open the web page]',
    ]);
    const joined = await press(service, reply, account, 'Join Statistics');
    expect(asRead(joined).slice(1, 3)).toEqual([
      'Statistics · ✅ In the server',
      "You're in Algebra I server. You were there already.",
    ]);
  });

  it('tells staff what they teach here, and a guest that there is nothing', async () => {
    expect((await answerTo(service, connect(room.instructorDiscordId)))[1]).toBe(
      'You teach Algebra I, Statistics here.',
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
