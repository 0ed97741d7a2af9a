import { type CommandReply, type CommandRun } from './support/local-discord-control';
import { answerTo, asRead, becomes, press, replyTo } from './support/reading';
import { type Classroom, classroom, configure, Service } from './support/service';

describe('/remove-student', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
  });
  afterAll(() => service.close());

  const run = (student: string, course: string, others: Partial<CommandRun> = {}, reason?: string): CommandRun => ({
    guildId: room.guildId,
    userId: room.instructorDiscordId,
    command: 'remove-student',
    options: { student, course, ...(reason ? { reason } : {}) },
    ...others,
  });

  /** A student who is in, of these courses. */
  async function student(name: string, ...courses: string[]): Promise<{ id: string; account: string }> {
    const id = await service.createUser(name);
    const account = await service.link(id);
    for (const courseId of courses) await service.enroll(id, courseId);
    for (const courseId of courses) await service.reaches(id, courseId, 'joined');
    return { id, account };
  }

  const confirm = (reply: CommandReply, locale?: string) =>
    press(service, reply, room.instructorDiscordId, locale === 'id' ? 'Keluarkan' : 'Remove', locale);

  const place = ({ messageId }: CommandReply) => ({
    channelId: room.channelId,
    userId: room.instructorDiscordId,
    messageId,
  });

  it('asks first, removes by the policy, and writes down why', async () => {
    const ayu = await student('Ayu', room.courseId);
    const question = await replyTo(service, run('Ayu', 'Algebra I', {}, 'Asked: to *leave*'));
    expect(asRead(question)).toEqual([
      'Remove Ayu from Algebra I?',
      'They are removed from Algebra I server.',
      'Only staff can bring them back, with /invite-student.',
      'Reason: Asked: to *leave*',
      '[Remove] [Cancel]',
    ]);
    expect(await service.discord.member(room.guildId, ayu.account)).toBeDefined();

    await confirm(question);
    await becomes(service, place(question), [
      'Ayu has no access to Algebra I any more.',
      'Algebra I · ✕ Access has ended',
      'Staff removed them from Algebra I server. Only staff can let them back in.',
    ]);
    expect(await service.discord.member(room.guildId, ayu.account)).toBeUndefined();
    expect(
      await service.sql(
        `SELECT details ->> 'reason' AS reason, actor_id FROM discord_integration_logs WHERE user_id = $1 AND action = 'remove' AND status = 'pending'`,
        [ayu.id],
      ),
    ).toEqual([{ reason: 'Asked: to *leave*', actor_id: room.instructorId }]);
  });

  it('asks and tells in Indonesian, and does nothing when it is cancelled', async () => {
    const budi = await student('Budi', room.courseId);
    const question = await replyTo(service, run('Budi', 'Algebra I', { locale: 'id' }, 'Pindah'));
    expect(asRead(question)).toEqual([
      'Keluarkan Budi dari Algebra I?',
      'Ia dikeluarkan dari Algebra I server.',
      'Hanya pengajar yang bisa memasukkannya lagi, dengan /invite-student.',
      'Alasan: Pindah',
      '[Keluarkan] [Batal]',
    ]);
    const kept = await press(service, question, room.instructorDiscordId, 'Batal', 'id');
    expect(asRead(kept)).toEqual(['Tidak ada yang diubah.']);
    expect((await service.membership(budi.id, room.courseId))?.status).toBe('joined');

    const again = await replyTo(service, run('Budi', 'Algebra I', { locale: 'id' }));
    await confirm(again, 'id');
    await becomes(service, place(again), [
      'Budi tidak lagi punya akses ke Algebra I.',
      'Algebra I · ✕ Akses sudah berakhir',
      'Pengajar mengeluarkannya dari Algebra I server. Hanya pengajar yang bisa memasukkannya lagi.',
    ]);
  });

  it('says who loses a role only, who stays as they are, and who is not there', async () => {
    const outcome = async (name: string, course: string) => (await answerTo(service, run(name, course)))[1];
    const soft = await service.createCourse('Biology', room.instructorId);
    await configure(service, room.instructorToken, {
      courseId: soft,
      guildId: room.guildId,
      removalPolicy: 'REMOVE_ROLE',
      studentRoleId: (await service.discord.createRole(room.guildId, 'Biologist')).id,
    });
    await student('Citra', soft);
    expect(await outcome('Citra', 'Biology')).toBe(
      'They stay in Algebra I server and lose the student role of this course.',
    );
    const keeping = await service.createCourse('Chemistry', room.instructorId);
    await configure(service, room.instructorToken, {
      courseId: keeping,
      guildId: room.guildId,
      removalPolicy: 'KEEP',
    });
    await student('Dewi', keeping);
    expect(await outcome('Dewi', 'Chemistry')).toBe(
      'They stay in Algebra I server as they are: the course keeps whoever loses access.',
    );
    const moderator = await student('Eka', room.courseId);
    const power = await service.discord.createRole(room.guildId, 'Moderator', { permissions: '32' });
    await service.discord.join(room.guildId, moderator.account, [power.id, room.roleId]);
    expect(await outcome('Eka', 'Algebra I')).toBe(
      'They stay in Algebra I server, because they help to run it or were there before; they lose the student role.',
    );
    const gone = await student('Fajar', room.courseId);
    await service.discord.leave(room.guildId, gone.account);
    await service.reaches(gone.id, room.courseId, 'left', 'LEFT_BY_CHOICE');
    expect(await outcome('Fajar', 'Algebra I')).toBe('They are not in Algebra I server, and cannot come in any more.');
    await service.enroll(await service.createUser('Gita'), room.courseId);
    await service.rest();
    expect(await outcome('Gita', 'Algebra I')).toBe('They are not in Algebra I server, and cannot come in any more.');
  });

  it('says which other course keeps somebody, unless it is one of somebody else', async () => {
    const own = await service.createCourse('Drama', room.instructorId);
    await configure(service, room.instructorToken, { courseId: own, guildId: room.guildId });
    const other = await service.createUser('Dimas', 'instructor');
    const account = await service.link(other, { role: 'instructor' });
    const manager = await service.discord.createRole(room.guildId, 'Staff', { permissions: '32' });
    await service.discord.join(room.guildId, account, [manager.id]);
    const foreign = await service.createCourse('Secret studies', other);
    await configure(service, await service.token(other, 'instructor'), { courseId: foreign, guildId: room.guildId });

    await student('Hana', room.courseId, own);
    const [, kept] = await answerTo(service, run('Hana', 'Algebra I'));
    expect(kept).toBe('They stay in Algebra I server because of “Drama”; what this course gave them goes.');

    const indra = await student('Indra', room.courseId, foreign);
    const question = await replyTo(service, run('Indra', 'Algebra I'));
    expect(asRead(question)[1]).toBe(
      'They stay in Algebra I server because of another course; what this course gave them goes.',
    );
    await confirm(question);
    await becomes(service, place(question), [
      'Indra has no access to Algebra I any more.',
      'Algebra I · ✕ Access has ended',
      'Staff removed them from Algebra I server. Only staff can let them back in.',
    ]);
    expect((await service.discord.member(room.guildId, indra.account))?.roles).toEqual([]);
  });

  it('refuses whoever has lost the right since the question was asked', async () => {
    const joko = await student('Joko', room.courseId);
    const helper = await service.createUser('Helper', 'instructor');
    const account = await service.link(helper, { role: 'instructor' });
    const manager = await service.discord.createRole(room.guildId, 'Helper', { permissions: '32' });
    await service.discord.join(room.guildId, account, [manager.id]);
    await service.sql('INSERT INTO course_staff (course_id, user_id) VALUES ($1, $2)', [room.courseId, helper]);
    const question = await replyTo(service, run('Joko', 'Algebra I', { userId: account }));
    await service.sql('DELETE FROM course_staff WHERE user_id = $1', [helper]);

    expect(asRead(await press(service, question, account, 'Remove'))).toEqual([
      'You do not teach a course that is connected with this server.',
      'Only instructors and co-teachers of its courses can do this. “Manage Server” alone is not enough.',
    ]);
    expect((await service.membership(joko.id, room.courseId))?.status).toBe('joined');
  });

  it('refuses who is no student of the course, and says when Discord is down', async () => {
    expect((await answerTo(service, run(await service.createUser('Nobody'), 'Algebra I')))[0]).toBe(
      'This student is not enrolled in the course.',
    );
    await student('Kiki', room.courseId);
    await service.discord.faults([{ method: 'GET', route: '/guilds/:id/members/:id', status: 503 }]);
    expect(await answerTo(service, run('Kiki', 'Algebra I'))).toEqual([
      'Discord is not answering at the moment.',
      'Nothing was changed. Try again in a minute.',
    ]);
    expect(await answerTo(service, run('Kiki', 'Algebra I', { locale: 'id' }))).toEqual([
      'Discord sedang tidak menjawab.',
      'Tidak ada yang diubah. Coba lagi sebentar lagi.',
    ]);
    await service.discord.noFaults();
  });

  it('tells a failure that nobody expected by a number alone', async () => {
    await service.sql('ALTER TABLE discord_server_configs RENAME COLUMN removal_grace_hours TO renamed');
    const [what, todo, number] = await answerTo(service, run('Kiki', 'Algebra I')).finally(() =>
      service.sql('ALTER TABLE discord_server_configs RENAME COLUMN renamed TO removal_grace_hours'),
    );
    expect([what, todo]).toEqual([
      'Something went wrong on our side.',
      'Try again. If it happens again, report the number below.',
    ]);
    expect(number).toMatch(/^Number: [0-9a-f-]{36}$/);
  });
});
