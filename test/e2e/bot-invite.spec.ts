import { type CommandRun } from './support/local-discord-control';
import { answerTo, asRead, replyTo } from './support/reading';
import { type Classroom, classroom, configure, Service } from './support/service';

describe('/invite-student', () => {
  let service: Service;
  let room: Classroom;
  let ayu: string;
  let ayusAccount: string;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
    ({ userId: ayu, account: ayusAccount } = await service.joined('Ayu W.', room.courseId));
  });
  afterAll(() => service.close());

  const invite = (student: string, course: string, others: Partial<CommandRun> = {}): CommandRun => ({
    guildId: room.guildId,
    userId: room.instructorDiscordId,
    command: 'invite-student',
    options: { student, course },
    ...others,
  });

  it('brings back somebody who left, named in every way', async () => {
    const username = `person.${ayu.slice(0, 8)}`;
    for (const student of ['ayu w.', username, ayu, ayusAccount, `<@${ayusAccount}>`]) {
      await service.discord.leave(room.guildId, ayusAccount);
      await service.reaches(ayu, room.courseId, 'left', 'LEFT_BY_CHOICE');
      expect(await answerTo(service, invite(student, 'Algebra I'))).toEqual([
        'Ayu W. is in the server of Algebra I.',
        'Algebra I · ✓ In the server',
        "They're in Algebra I server.",
      ]);
    }
    expect(await answerTo(service, invite(ayu, room.courseId, { locale: 'id' }))).toEqual([
      'Ayu W. sudah ada di server Algebra I.',
      'Algebra I · ✓ Ada di server',
      'Ia sudah ada di Algebra I server.',
    ]);
  });

  it('gives staff the invite of somebody who cannot be added, and says what is missing for somebody else', async () => {
    const budi = await service.createUser('Budi');
    await service.link(budi, { autoJoin: false });
    await service.enroll(budi, room.courseId);
    await service.reaches(budi, room.courseId, 'invited', 'INVITE_OPEN');
    const reply = await replyTo(service, invite('Budi', 'Algebra I'));
    expect(asRead(reply)).toEqual([
      'Budi is invited to Algebra I.',
      'Algebra I · ✉️ Invited',
      'Their invite to Algebra I server is ready. It works once, within a day, and for them only.',
      'What to do: Ask them to open their invite; it is on their course page.',
      '[Their invite]',
    ]);
    expect(reply.components?.[0]?.components[0]?.url).toBe(
      (await service.membership(budi, room.courseId))?.invite_link,
    );

    const citra = await service.createUser('Citra');
    await service.enroll(citra, room.courseId);
    await service.reaches(citra, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
    expect(await answerTo(service, invite('Citra', 'Algebra I', { locale: 'id' }))).toEqual([
      'Citra boleh masuk ke server Algebra I, tetapi belum masuk.',
      'Algebra I · ○ Belum masuk',
      'Ia belum ada di Algebra I server karena belum menghubungkan akun Discord. Begitu terhubung, ia langsung masuk.',
      'Yang perlu dilakukan: Minta ia menghubungkan akun Discord dengan `/connect`.'.replace(/`/g, ''),
    ]);
  });

  it('offers the students of the asker’s courses here, and these courses, while one types', async () => {
    const type = (focused: string, options: Record<string, string>, userId = room.instructorDiscordId) =>
      service.discord.completions({ guildId: room.guildId, userId, command: 'invite-student', options, focused });
    const label = `Ayu W. · person.${ayu.slice(0, 8)}`;
    expect(await type('student', { student: 'ay', course: '' })).toEqual([{ name: label, value: ayu }]);
    expect(await type('student', { student: ayusAccount, course: '' })).toEqual([{ name: label, value: ayu }]);
    expect((await type('student', { student: '' })).map(({ name }) => name.split(' · ')[0])).toEqual([
      'Ayu W.',
      'Budi',
      'Citra',
    ]);
    expect(await type('course', { student: '', course: 'alg' })).toEqual([{ name: 'Algebra I', value: room.courseId }]);

    const other = await service.createUser('Dimas', 'instructor');
    const account = await service.link(other, { role: 'instructor' });
    const manager = await service.discord.createRole(room.guildId, 'Staff', { permissions: '32' });
    await service.discord.join(room.guildId, account, [manager.id]);
    expect(await type('student', { student: 'a' }, account)).toEqual([]);
    expect(await type('course', { student: '', course: '' }, account)).toEqual([]);
    const courseId = await service.createCourse('Biology', other);
    await configure(service, await service.token(other, 'instructor'), { courseId, guildId: room.guildId });
    expect(await type('course', { student: '', course: '' }, account)).toEqual([{ name: 'Biology', value: courseId }]);
    expect(await type('student', { student: 'a' }, account)).toEqual([]);
    // The course of somebody else is as good as none, also by its id.
    expect(await answerTo(service, invite(ayu, room.courseId, { userId: account }))).toEqual([
      'You teach no such course in this server.',
      'Choose from the list that opens while you type.',
    ]);
    expect(await answerTo(service, invite(ayu, room.courseId, { userId: account, locale: 'id' }))).toEqual([
      'Kamu tidak mengajar kursus seperti itu di server ini.',
      'Pilih dari daftar yang muncul saat kamu mengetik.',
    ]);
  });

  it('refuses a course that is connected with another server only', async () => {
    const elsewhere = await classroom(service, 'Chemistry');
    await service.sql('INSERT INTO course_staff (course_id, user_id) VALUES ($1, $2)', [
      elsewhere.courseId,
      room.instructorId,
    ]);
    expect((await answerTo(service, invite(ayu, elsewhere.courseId)))[0]).toBe(
      'You teach no such course in this server.',
    );
  });

  it('refuses who is not enrolled, who is not linked and who does not teach, and a name that several have', async () => {
    const stranger = await service.createUser('Stranger');
    expect(await answerTo(service, invite(stranger, 'Algebra I'))).toEqual([
      'This student is not enrolled in the course.',
      'Enroll them on the platform first: whoever is enrolled comes in.',
    ]);
    expect(await answerTo(service, invite(stranger, 'Algebra I', { locale: 'id' }))).toEqual([
      'Siswa ini tidak terdaftar di kursus.',
      'Daftarkan dulu di platform: siapa yang terdaftar akan masuk.',
    ]);
    await service.unenroll(ayu, room.courseId);
    await service.reaches(ayu, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    expect((await answerTo(service, invite(ayu, 'Algebra I')))[0]).toBe('This student is not enrolled in the course.');
    await service.enroll(ayu, room.courseId);
    await service.reaches(ayu, room.courseId, 'joined', 'ADDED');

    const manager = await service.discord.createRole(room.guildId, 'Manager', { permissions: '32' });
    await service.discord.join(room.guildId, ayusAccount, [manager.id]);
    expect((await answerTo(service, invite(ayu, 'Algebra I', { userId: ayusAccount })))[0]).toBe(
      'You do not teach a course that is connected with this server.',
    );
    const nobody = await service.discord.createUser('nobody');
    await service.discord.join(room.guildId, nobody.id, [manager.id]);
    expect((await answerTo(service, invite(ayu, 'Algebra I', { userId: nobody.id })))[0]).toBe(
      'Your Discord account is not connected with an Anycademy account.',
    );

    expect(await answerTo(service, invite('Zorro', 'Algebra I'))).toEqual([
      'The course has no student who is called like that.',
      'Choose from the list that opens while you type.',
    ]);
    await service.enroll(await service.createUser('Citra'), room.courseId);
    expect(await answerTo(service, invite('Citra', 'Algebra I'))).toEqual([
      'Several students of the course are called like that.',
      'Choose from the list that opens while you type.',
    ]);
  });

  it('says so when the server is not ready', async () => {
    const { id: guildId } = await service.discord.createGuild('Half a server', room.instructorDiscordId);
    await service.discord.addBot(guildId);
    const courseId = await service.createCourse('Drama', room.instructorId);
    await configure(service, room.instructorToken, { courseId, guildId });
    await service.enroll(ayu, courseId);
    await service.reaches(ayu, courseId, 'joined', 'ADDED');
    await service.sql('UPDATE discord_server_configs SET is_active = false WHERE course_id = $1', [courseId]);
    expect(await answerTo(service, invite(ayu, 'Drama', { guildId }))).toEqual([
      'The server is not ready.',
      '/server-stats says what is missing. Nothing was changed.',
    ]);
    expect(await answerTo(service, invite(ayu, 'Drama', { guildId, locale: 'id' }))).toEqual([
      'Server belum siap.',
      '/server-stats menunjukkan apa yang kurang. Tidak ada yang diubah.',
    ]);
  });
});
