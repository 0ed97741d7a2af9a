import { type ProcessRole } from '../../src/config/config';
import { RunFollowing } from '../../src/discord-bot/run-following';
import { SyncRuns } from '../../src/membership/sync-runs';
import { callerOfPerson } from '../../src/auth/person';
import { type CommandReply, type CommandRun } from './support/local-discord-control';
import { answerTo, asRead, becomes, press, replyTo } from './support/reading';
import { type Classroom, classroom, configure, eventually, type Linked, Service } from './support/service';

describe('/sync-enrollment', () => {
  let service: Service;

  beforeAll(async () => {
    // Without cron: no minute sweep finds by itself what is to be found by the command.
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker', 'bot']) } });
  });
  afterAll(() => service.close());

  const run = (room: Classroom, locale?: string): CommandRun => ({
    guildId: room.guildId,
    userId: room.instructorDiscordId,
    command: 'sync-enrollment',
    options: { course: room.courseId },
    ...(locale ? { locale } : {}),
  });
  const place = (room: Classroom, { messageId }: CommandReply) => ({
    channelId: room.channelId,
    userId: room.instructorDiscordId,
    messageId,
  });

  /** A class that is in. */
  async function fullClass(title: string, size: number): Promise<{ room: Classroom; students: Linked[] }> {
    const room = await classroom(service, title);
    const students = await service.students(size);
    for (const { userId } of students) await service.enroll(userId, room.courseId);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    return { room, students };
  }

  it('says whose former account leaves, and that they themselves do not', async () => {
    const { room, students } = await fullClass('Arabic', 3);
    await service.rest();
    const { id } = await service.discord.createUser('another account');
    await service.discord.untold(() => service.discord.join(room.guildId, id, [room.roleId]));
    await service.exchangedUnseen(students[0]!.userId, id);
    expect(asRead(await replyTo(service, run(room)))).toEqual([
      'A sync of Arabic would make 1 change. Nothing is changed yet.',
      'Arabic server',
      '• 1 person is removed',
      '• 3 unchanged',
      'It takes about 3 calls to Discord.',
      'Student 1 is removed, with an account that they no longer use',
      '[Apply] [Cancel]',
    ]);
    expect(asRead(await replyTo(service, run(room, 'id')))).toContain(
      'Student 1 dikeluarkan, dengan akun yang tidak lagi dipakai',
    );
  });

  it('shows the plan, and follows the run to its end once it is applied', async () => {
    const { room, students } = await fullClass('Algebra I', 3);
    const [late] = await service.students(1);
    await service.sql(`UPDATE auth.users SET raw_user_meta_data = '{"full_name": "Late *Comer*"}' WHERE id = $1`, [
      late!.userId,
    ]);
    await service.rest();
    await service.unseen(() => service.enroll(late!.userId, room.courseId));
    await service.discord.untold(() => service.discord.join(room.guildId, students[0]!.account, []));

    const plan = await replyTo(service, run(room));
    expect(asRead(plan)).toEqual([
      'A sync of Algebra I would make 2 changes. Nothing is changed yet.',
      'Algebra I server',
      '• 1 student is added',
      '• 1 role is given',
      '• 2 unchanged',
      'It takes about 4 calls to Discord.',
      'Late *Comer* is added',
      'Student 1 gets a role',
      '[Apply] [Cancel]',
    ]);
    expect(await answerTo(service, run(room, 'id'))).toEqual([
      'Sinkronisasi Algebra I akan membuat 2 perubahan. Belum ada yang diubah.',
      'Algebra I server',
      '• 1 siswa dimasukkan',
      '• 1 peran diberikan',
      '• 2 tidak berubah',
      'Ini perlu sekitar 4 panggilan ke Discord.',
      'Late *Comer* dimasukkan',
      'Student 1 mendapat peran',
      '[Terapkan] [Batal]',
    ]);
    expect(asRead(await press(service, await replyTo(service, run(room)), room.instructorDiscordId, 'Cancel'))).toEqual(
      ['Nothing was changed.'],
    );
    expect(await service.discord.member(room.guildId, late!.account)).toBeUndefined();

    // The add takes its time, so that the message is seen under way.
    await service.discord.faults([
      { method: 'PUT', route: '/guilds/:id/members/:id', userId: late!.account, delayMs: 4_000, times: 1 },
    ]);
    await press(service, plan, room.instructorDiscordId, 'Apply');
    await eventually(async () => {
      const shown = (await service.discord.messages(room.channelId, room.instructorDiscordId)).find(
        ({ id }) => id === plan.messageId,
      );
      expect(asRead(shown!)[0]).toMatch(/^The sync of Algebra I is under way\. (50|75) % · [23] of 4 in step$/);
      expect(asRead(shown!)[1]).toMatch(/^▰{10,15}▱{5,10}$/);
      expect(shown!.components).toEqual([]);
    });
    await becomes(
      service,
      place(room, plan),
      ['✓ Algebra I is in step.', expect.stringMatching(/^4 checked · \d+ calls · 1 added · 1 role changed$/)],
      20_000,
    );
    await service.discord.noFaults();
    expect(await answerTo(service, run(room))).toEqual([
      'Algebra I is in step: nothing has to be changed.',
      'Algebra I server',
      '• 4 unchanged',
      'It takes about 2 calls to Discord.',
    ]);
    expect((await answerTo(service, run(room, 'id')))[0]).toBe('Algebra I sudah selaras: tidak ada yang perlu diubah.');
  });

  it('asks about removals that the brake holds, and lets them happen', async () => {
    const { room, students } = await fullClass('Biology', 5);
    await service.unseen(() => service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [room.courseId]));
    await service.goesOnElsewhere();
    const plan = await replyTo(service, run(room));
    expect(asRead(plan)).toEqual([
      'A sync of Biology would make 5 changes. Nothing is changed yet.',
      'Biology server',
      '• 5 people are removed',
      '• 0 unchanged',
      'It takes about 7 calls to Discord.',
      '⚠️ So many removals at once wait until you confirm them.',
      ...[1, 2, 3, 4, 5].map(() => expect.stringMatching(/^Student \d is removed, once you confirm it$/) as string),
      '[Apply] [Cancel]',
    ]);
    await press(service, plan, room.instructorDiscordId, 'Apply');
    const held = await becomes(service, place(room, plan), [
      '⚠️ The sync of Biology is done, but for removals that wait for you.',
      expect.stringMatching(/^5 checked · \d+ calls$/),
      '⚠️ 5 removals wait in Biology server',
      'They wait until you decide, so that a mistake cannot empty the server.',
      expect.stringMatching(/^(Student \d(, )?){5}$/),
      '[Confirm 5 removals] [Keep 5 people]',
    ]);
    // There is nothing to apply: it is the decision that is asked for.
    expect(await answerTo(service, run(room, 'id'))).toEqual([
      '⚠️ Biology sudah selaras, kecuali pengeluaran yang menunggu keputusanmu.',
      'Biology server',
      '• 5 orang dikeluarkan',
      '• 0 tidak berubah',
      'Ini perlu sekitar 7 panggilan ke Discord.',
      '⚠️ 5 pengeluaran menunggu di Biology server',
      'Semuanya menunggu keputusanmu, supaya kesalahan tidak bisa mengosongkan server.',
      expect.stringMatching(/^(Student \d(, )?){5}$/),
      '[Setujui 5 pengeluaran] [Biarkan 5 orang]',
    ]);
    expect((await answerTo(service, run(room)))[0]).toBe('⚠️ Biology is in step, but for removals that wait for you.');
    expect((await service.discord.guild(room.guildId)).members).toHaveLength(7);

    await press(service, held, room.instructorDiscordId, 'Confirm 5 removals');
    await becomes(service, place(room, held), [
      '✓ Biology is in step.',
      expect.stringMatching(/^5 checked · \d+ calls · 5 removed$/),
    ]);
    expect((await service.discord.guild(room.guildId)).members).toHaveLength(2);
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
  });

  it('keeps those whom the brake holds when somebody says so, in Indonesian too', async () => {
    const { room } = await fullClass('Chemistry', 5);
    await service.unseen(() => service.sql('DELETE FROM course_enrollments WHERE course_id = $1', [room.courseId]));
    const plan = await replyTo(service, run(room, 'id'));
    await press(service, plan, room.instructorDiscordId, 'Terapkan', 'id');
    const held = await becomes(service, place(room, plan), [
      '⚠️ Sinkronisasi Chemistry selesai, kecuali pengeluaran yang menunggu keputusanmu.',
      expect.stringMatching(/^5 diperiksa · \d+ panggilan$/),
      '⚠️ 5 pengeluaran menunggu di Chemistry server',
      'Semuanya menunggu keputusanmu, supaya kesalahan tidak bisa mengosongkan server.',
      expect.stringMatching(/^(Student \d(, )?){5}$/),
      '[Setujui 5 pengeluaran] [Biarkan 5 orang]',
    ]);
    const again = await replyTo(service, run(room));
    expect(asRead(await press(service, held, room.instructorDiscordId, 'Biarkan 5 orang', 'id'))).toEqual([
      'Tidak ada dari Chemistry yang dikeluarkan. Mereka tetap ada sampai pendaftarannya berubah.',
    ]);
    expect((await service.discord.guild(room.guildId)).members).toHaveLength(7);
    // The same question on another screen has been answered by then.
    expect(asRead(await press(service, again, room.instructorDiscordId, 'Confirm 5 removals'))).toEqual([
      'This has been decided already.',
      'Run the command again to see how it stands.',
    ]);
  });

  it('shows and changes nothing of a course of somebody else in the same server', async () => {
    const room = await classroom(service, 'Drama');
    const other = await service.createUser('Dimas', 'instructor');
    const account = await service.link(other, { role: 'instructor' });
    const manager = await service.discord.createRole(room.guildId, 'Staff', { permissions: '32' });
    await service.discord.join(room.guildId, account, [manager.id]);
    const courseId = await service.createCourse('Physics', other);
    await configure(service, await service.token(other, 'instructor'), { courseId, guildId: room.guildId });
    expect((await answerTo(service, { ...run(room), userId: account }))[0]).toBe(
      'You teach no such course in this server.',
    );
    const stranger = await service.discord.createUser('stranger');
    await service.discord.join(room.guildId, stranger.id, [manager.id]);
    expect((await answerTo(service, { ...run(room), userId: stranger.id }))[0]).toBe(
      'Your Discord account is not connected with an Anycademy account.',
    );
  });

  it('says what is missing in the server, and that Discord is down', async () => {
    const room = await classroom(service, 'English');
    await service.discord.faults([{ method: 'GET', route: '/guilds/:id/members', status: 503 }]);
    expect(await answerTo(service, run(room))).toEqual([
      'Discord is not answering at the moment.',
      'Nothing was changed. Try again in a minute.',
    ]);
    await service.discord.noFaults();

    await service.discord.addBot(room.guildId, { permissions: '268438529' });
    await eventually(async () =>
      expect(await answerTo(service, run(room))).toEqual([
        'The server is not ready.',
        'Mend this, then try again. Nothing was changed.',
        expect.stringMatching(/^• The bot lacks “Kick Members”, so it cannot remove students/),
      ]),
    );
    expect(await answerTo(service, run(room, 'id'))).toEqual([
      'Server belum siap.',
      'Perbaiki ini, lalu coba lagi. Tidak ada yang diubah.',
      '• Bot tidak punya “Kick Members”, jadi tidak bisa mengeluarkan siswa yang aksesnya berakhir. Aktifkan untuk peran bot di Server settings → Roles → Permissions, atau pilih mencabut peran saja.',
    ]);
  });

  it('says in Indonesian too what has kept a run from being done', async () => {
    const { room, students } = await fullClass('Economics', 2);
    await service.discord.untold(() => service.discord.join(room.guildId, students[0]!.account, []));
    const plans = [await replyTo(service, run(room)), await replyTo(service, run(room, 'id'))] as const;
    await service.discord.addBot(room.guildId, { permissions: '268438529' });
    await eventually(async () => expect((await answerTo(service, run(room)))[0]).toBe('The server is not ready.'));
    await press(service, plans[0], room.instructorDiscordId, 'Apply');
    await becomes(service, place(room, plans[0]), [
      '⚠️ The sync of Economics could not be done.',
      '0 checked · 0 calls',
      expect.stringMatching(/^The bot lacks “Kick Members”, so it cannot remove students/),
    ]);
    await press(service, plans[1], room.instructorDiscordId, 'Terapkan', 'id');
    await becomes(service, place(room, plans[1]), [
      '⚠️ Sinkronisasi Economics tidak berhasil.',
      '0 diperiksa · 0 panggilan',
      expect.stringMatching(/^Bot tidak punya “Kick Members”, jadi tidak bisa mengeluarkan siswa/),
    ]);
  });

  it('lets the run go on when Discord takes no more changes of the message', async () => {
    const { room, students } = await fullClass('French', 2);
    await service.discord.untold(() => service.discord.join(room.guildId, students[0]!.account, []));
    const plan = await replyTo(service, run(room));
    await service.discord.limits({ enforce: false, interactionTokenMs: 1 });
    // Nobody hears of it any more: the local Discord would wait for a word until it gives up.
    void press(service, plan, room.instructorDiscordId, 'Apply').catch(() => undefined);
    await eventually(async () =>
      expect((await service.discord.member(room.guildId, students[0]!.account))?.roles).toEqual([room.roleId]),
    );
    await service.discord.limits({ enforce: false, interactionTokenMs: 900_000 });
    await service.rest();
    expect((await answerTo(service, run(room)))[0]).toBe('French is in step: nothing has to be changed.');
  });

  it('stops following before Discord does', async () => {
    const room = await classroom(service, 'Geography');
    const caller = callerOfPerson(
      { userId: room.instructorId, role: 'INSTRUCTOR' },
      Math.floor(Date.now() / 1_000) + 2,
    );
    await service.discord.faults([{ method: 'GET', route: '/guilds/:id/members', status: 503 }]);
    const started = await service.nest.get(SyncRuns, { strict: false }).syncCourse(caller, room.courseId);
    const shown: string[] = [];
    const followed = await service.nest.get(RunFollowing, { strict: false }).follow(
      caller,
      started.map(({ id }) => id),
      (runs) => {
        shown.push(...runs.map(({ status }) => status));
        return Promise.resolve();
      },
    );
    await service.discord.noFaults();
    expect(followed.isAtRest).toBe(false);
    expect(shown[0]).toBe('QUEUED');
  });

  it('lets the run go on when the service ends, and says so', async () => {
    const { room, students } = await fullClass('History', 2);
    await service.rest();
    await service.discord.untold(() => service.discord.join(room.guildId, students[0]!.account, []));
    const plan = await replyTo(service, run(room));
    await service.discord.faults([
      { method: 'PUT', route: '/guilds/:id/members/:id/roles/:id', delayMs: 8_000, times: 1 },
    ]);
    await press(service, plan, room.instructorDiscordId, 'Apply');
    await service.down();
    await becomes(service, place(room, plan), [
      'The sync goes on, but this message cannot follow it any longer.',
      'Run /sync-enrollment again to see how it stands.',
    ]);
    await service.discord.noFaults();
    await service.up();
    await eventually(
      async () =>
        expect((await answerTo(service, run(room)))[0]).toBe('History is in step: nothing has to be changed.'),
      30_000,
    );
  }, 120_000);
});
