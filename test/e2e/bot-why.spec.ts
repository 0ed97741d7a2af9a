import { answerTo } from './support/reading';
import { type Classroom, classroom, configure, eventually, Service } from './support/service';

describe('/why and "Course access"', () => {
  let service: Service;
  let room: Classroom;
  let ayu: string;
  let ayusAccount: string;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
    ({ userId: ayu, account: ayusAccount } = await service.joined('Ayu *W.* <@1>', room.courseId));
  });
  afterAll(() => service.close());

  const why = (member: string, by = room.instructorDiscordId, locale?: string) =>
    answerTo(service, {
      guildId: room.guildId,
      userId: by,
      command: 'why',
      options: { member },
      ...(locale ? { locale } : {}),
    });

  it('says where a student stands, in the language of whoever asks, and a name is text', async () => {
    expect(await why(ayusAccount)).toEqual([
      'Course access of Ayu *W.* <@\u200b1>: ✓ In the server (Algebra I)',
      'Algebra I · ✓ In the server',
      "They're in Algebra I server.",
    ]);
    expect(await why(ayusAccount, undefined, 'id')).toEqual([
      'Akses kursus Ayu *W.* <@\u200b1>: ✓ Ada di server (Algebra I)',
      'Algebra I · ✓ Ada di server',
      'Ia sudah ada di Algebra I server.',
    ]);
  });

  it('says the same from the menu of a member', async () => {
    const menu = { guildId: room.guildId, userId: room.instructorDiscordId, command: 'Course access' };
    expect(await answerTo(service, { ...menu, targetUserId: ayusAccount })).toEqual(await why(ayusAccount));
  });

  it('names the one thing to do', async () => {
    await service.discord.screening(room.guildId, true);
    const budi = await service.createUser('Budi S.');
    const account = await service.link(budi);
    await service.enroll(budi, room.courseId);
    await service.reaches(budi, room.courseId, 'joined', 'SCREENING_PENDING');
    expect((await why(account)).slice(-2)).toEqual([
      "They're in Algebra I server, but have not accepted its rules yet.",
      'What to do: Ask them to accept the rules of this server.',
    ]);
    expect((await why(account, undefined, 'id')).at(-1)).toBe(
      'Yang perlu dilakukan: Minta ia menyetujui peraturan server ini.',
    );
    await service.discord.screening(room.guildId, false);
  });

  it('tells of a student who cannot be picked in Discord: by name, by the platform’s id, and while one types', async () => {
    const citra = await service.createUser('Citra L.');
    await service.enroll(citra, room.courseId);
    await service.reaches(citra, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
    const reply = [
      'Course access of Citra L.: ○ Not in yet (Algebra I)',
      'Algebra I · ○ Not in yet',
      "They're not in Algebra I server yet, because they have not connected a Discord account. As soon as they do, they are in.",
      'What to do: Ask them to connect their Discord account with /connect.',
    ];
    for (const typed of ['citra', citra]) expect(await why(typed)).toEqual(reply);
    expect(await why(`<@${ayusAccount}>`)).toEqual(await why(ayusAccount));
    const typing = { guildId: room.guildId, userId: room.instructorDiscordId, command: 'why' };
    expect(await service.discord.completions({ ...typing, focused: 'member', options: { member: 'cit' } })).toEqual([
      { name: 'Citra L.', value: citra },
    ]);
  });

  it('says what can be done where access is over', async () => {
    const { userId: eka, account } = await service.joined('Eka', room.courseId);
    await service.query(
      room.instructorToken,
      'mutation ($userId: UUID!, $courseId: UUID!) { removeStudent(userId: $userId, courseId: $courseId) { id } }',
      { userId: eka, courseId: room.courseId },
    );
    await service.reaches(eka, room.courseId, 'removed', 'REMOVED_BY_STAFF');
    const todo = async (locale?: string) => (await why('Eka', undefined, locale)).at(-1);
    expect(await todo()).toBe('What to do: Invite them with /invite-student, if they may come back.');
    expect(await todo('id')).toBe('Yang perlu dilakukan: Undang dengan /invite-student, kalau ia boleh kembali.');
    await service.discord.ban(room.guildId, account);
    await service.reaches(eka, room.courseId, 'removed', 'BANNED');
    expect(await todo()).toBe(
      'What to do: Lift the ban in “Server Settings → Bans”, then invite them with /invite-student.',
    );
    await service.discord.unban(room.guildId, account);

    const { userId: gita } = await service.joined('Gita', room.courseId);
    await service.unenroll(gita, room.courseId);
    await service.reaches(gita, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    expect((await why('Gita')).at(-1)).toBe('What to do: Nothing, unless they enroll again on the platform.');
  });

  it('tells of somebody who is enrolled where the course is switched off', async () => {
    const { id: guildId } = await service.discord.createGuild('Workshop', room.instructorDiscordId);
    await service.discord.addBot(guildId);
    const courseId = await service.createCourse('Woodwork', room.instructorId);
    await configure(service, room.instructorToken, { courseId, guildId, isActive: false });
    const fajar = await service.createUser('Fajar');
    await service.enroll(fajar, courseId);
    await service.rest();
    expect(
      await answerTo(service, {
        guildId,
        userId: room.instructorDiscordId,
        command: 'why',
        options: { member: 'Fajar' },
      }),
    ).toEqual([
      'Fajar is enrolled, but nothing has come of it in this server yet.',
      'Nothing, if that was a moment ago. Otherwise /server-stats says whether the course is switched off here.',
    ]);
  });

  it('does not know who is not a student of the asker', async () => {
    const guest = await service.discord.createUser('guest_1');
    await service.discord.join(room.guildId, guest.id);
    // Discord shows a mention as the name.
    expect(await why(guest.id)).toEqual([
      `No student of your courses here has connected the Discord account of <@${guest.id}>.`,
      'If they are enrolled, ask them to connect it with /connect. Whoever is unknown is left alone.',
    ]);
    expect(await why(guest.id, undefined, 'id')).toEqual([
      `Tidak ada siswa di kursusmu di sini yang menghubungkan akun Discord <@${guest.id}>.`,
      'Kalau ia terdaftar, minta ia menghubungkannya dengan /connect. Orang yang tidak dikenal dibiarkan.',
    ]);
    const menu = { guildId: room.guildId, userId: room.instructorDiscordId, command: 'Course access' };
    expect((await answerTo(service, { ...menu, targetUserId: guest.id }))[0]).toBe(
      'No student of your courses here has connected the Discord account of guest_1.',
    );
    expect((await answerTo(service, { ...menu, targetUserId: guest.id, locale: 'id' }))[0]).toBe(
      'Tidak ada siswa di kursusmu di sini yang menghubungkan akun Discord guest_1.',
    );
  });

  it('shows nothing of the courses of others in the same server', async () => {
    const other = await service.createUser('Dimas', 'instructor');
    const otherAccount = await service.link(other, { role: 'instructor' });
    const manager = await service.discord.createRole(room.guildId, 'Staff', { permissions: '32' });
    await service.discord.join(room.guildId, otherAccount, [manager.id]);
    const courseId = await service.createCourse('Biology', other);
    await configure(service, await service.token(other, 'instructor'), { courseId, guildId: room.guildId });

    expect((await why(ayusAccount, otherAccount))[0]).toBe(
      `No student of your courses here has connected the Discord account of <@${ayusAccount}>.`,
    );
    await service.enroll(ayu, courseId);
    await service.reaches(ayu, courseId, 'joined');
    expect((await why(ayusAccount, otherAccount)).slice(1, 2)).toEqual(['Biology · ✓ In the server']);
    // An admin sees both.
    const admin = await service.createUser('Amira', 'admin');
    const adminAccount = await service.link(admin, { role: 'admin' });
    await service.discord.join(room.guildId, adminAccount, [manager.id]);
    expect((await why(ayusAccount, adminAccount))[0]).toBe(
      'Course access of Ayu *W.* <@\u200b1>: ✓ In the server (Algebra I), ✓ In the server (Biology)',
    );
  });

  it('refuses whoever manages the server and is not linked, or does not teach here', async () => {
    const manager = await service.discord.createRole(room.guildId, 'Manager', { permissions: '32' });
    const stranger = await service.discord.createUser('stranger');
    await service.discord.join(room.guildId, stranger.id, [manager.id]);
    expect(await why(ayusAccount, stranger.id)).toEqual([
      'Your Discord account is not connected with an Anycademy account.',
      'Connect it with /connect, then run the command again.',
    ]);
    expect(await why(ayusAccount, stranger.id, 'id')).toEqual([
      'Akun Discord-mu belum terhubung dengan akun Anycademy.',
      'Hubungkan dengan /connect, lalu jalankan perintahnya lagi.',
    ]);
    await service.discord.join(room.guildId, ayusAccount, [manager.id]);
    expect(await why(ayusAccount, ayusAccount)).toEqual([
      'You do not teach a course that is connected with this server.',
      'Only instructors and co-teachers of its courses can do this. “Manage Server” alone is not enough.',
    ]);
    expect(await why(ayusAccount, ayusAccount, 'id')).toEqual([
      'Kamu tidak mengajar kursus yang terhubung dengan server ini.',
      'Hanya pengajar kursusnya yang bisa melakukan ini. “Manage Server” saja tidak cukup.',
    ]);
  });

  it('says at once that it is at it, however slow the database is', async () => {
    await service.discord.clearRequests();
    await service.sql('BEGIN');
    await service.sql('LOCK user_discord_connections IN ACCESS EXCLUSIVE MODE');
    const answer = why(ayusAccount);
    await eventually(async () =>
      expect(await service.discord.calls()).toEqual([expect.stringMatching(/^POST \/interactions\/.*callback 204$/)]),
    ).finally(() => service.sql('ROLLBACK'));
    expect((await answer)[0]).toContain('Course access of Ayu');
  });
});
