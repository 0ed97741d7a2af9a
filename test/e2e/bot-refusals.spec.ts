import { type CommandRun } from './support/local-discord-control';
import { answerTo, press, replyTo } from './support/reading';
import { type Classroom, classroom, configure, eventually, Service } from './support/service';

const LANGUAGES = ['en', 'id'] as const;
type Language = (typeof LANGUAGES)[number];

const NOT_LINKED = {
  en: [
    'Your Discord account is not connected with an Anycademy account.',
    'Connect it with /connect, then run the command again.',
  ],
  id: [
    'Akun Discord-mu belum terhubung dengan akun Anycademy.',
    'Hubungkan dengan /connect, lalu jalankan perintahnya lagi.',
  ],
};
const DOES_NOT_TEACH = {
  en: [
    'You do not teach a course that is connected with this server.',
    'Only instructors and co-teachers of its courses can do this. “Manage Server” alone is not enough.',
  ],
  id: [
    'Kamu tidak mengajar kursus yang terhubung dengan server ini.',
    'Hanya pengajar kursusnya yang bisa melakukan ini. “Manage Server” saja tidak cukup.',
  ],
};
const CHOOSE = {
  en: 'Choose from the list that opens while you type.',
  id: 'Pilih dari daftar yang muncul saat kamu mengetik.',
};
const NO_SUCH_COURSE = {
  en: ['You teach no such course in this server.', CHOOSE.en],
  id: ['Kamu tidak mengajar kursus seperti itu di server ini.', CHOOSE.id],
};
const NO_SUCH_STUDENT = {
  en: ['The course has no student who is called like that.', CHOOSE.en],
  id: ['Tidak ada siswa di kursus ini yang bernama seperti itu.', CHOOSE.id],
};
const NOT_ENROLLED = {
  en: [
    'This student is not enrolled in the course.',
    'Enroll them on the platform first: whoever is enrolled comes in.',
  ],
  id: ['Siswa ini tidak terdaftar di kursus.', 'Daftarkan dulu di platform: siapa yang terdaftar akan masuk.'],
};
const NOT_READY = {
  en: [
    'The server is not ready.',
    'Mend this, then try again. Nothing was changed.',
    "• The bot lacks “Kick Members”, so it cannot remove students whose access has ended. Turn it on for the bot's role in Server settings → Roles → Permissions, or choose to take the role away instead of removing people.",
  ],
  id: [
    'Server belum siap.',
    'Perbaiki ini, lalu coba lagi. Tidak ada yang diubah.',
    '• Bot tidak punya “Kick Members”, jadi tidak bisa mengeluarkan siswa yang aksesnya berakhir. Aktifkan untuk peran bot di Server settings → Roles → Permissions, atau pilih mencabut peran saja.',
  ],
};
const DISCORD_IS_DOWN = {
  en: ['Discord is not answering at the moment.', 'Nothing was changed. Try again in a minute.'],
  id: ['Discord sedang tidak menjawab.', 'Tidak ada yang diubah. Coba lagi sebentar lagi.'],
};

/** Everything but to remove people. */
const WITHOUT_KICK = '268438657';

describe('what the commands of staff refuse', () => {
  let service: Service;
  let room: Classroom;
  let ayu: string;
  let ayusAccount: string;
  let manager: string;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
    ({ userId: ayu, account: ayusAccount } = await service.joined('Ayu', room.courseId));
    manager = (await service.discord.createRole(room.guildId, 'Manager', { permissions: '32' })).id;
  });
  afterAll(() => service.close());

  type Run = CommandRun & { targetUserId?: string };
  /** Each command of staff as the instructor would run it, or as somebody else does. */
  const all = (others: Partial<CommandRun> = {}): Record<string, Run> => {
    const run = { guildId: room.guildId, userId: room.instructorDiscordId };
    const course = { course: room.courseId };
    return {
      'invite-student': { ...run, command: 'invite-student', options: { student: ayu, ...course }, ...others },
      'remove-student': { ...run, command: 'remove-student', options: { student: ayu, ...course }, ...others },
      'sync-enrollment': { ...run, command: 'sync-enrollment', options: course, ...others },
      'server-stats': { ...run, command: 'server-stats', ...others },
      why: { ...run, command: 'why', options: { member: ayusAccount }, ...others },
      'Course access': { ...run, command: 'Course access', targetUserId: ayusAccount, ...others },
    };
  };
  const one = (command: string, options: Record<string, string>, locale: string): Run => ({
    guildId: room.guildId,
    userId: room.instructorDiscordId,
    command,
    options,
    locale,
  });
  /** What each says. */
  const answers = async (runs: Record<string, Run>): Promise<Record<string, string[]>> => {
    const said: Record<string, string[]> = {};
    for (const [name, run] of Object.entries(runs)) said[name] = await answerTo(service, run);
    return said;
  };
  const eachSays = (runs: Record<string, Run>, lines: string[]) =>
    Object.fromEntries(Object.keys(runs).map((name) => [name, lines]));

  describe.each<Language>([...LANGUAGES])('in the language %s', (locale) => {
    it('whoever manages the server and has no linked account', async () => {
      const { id: userId } = await service.discord.createUser(`stranger.${locale}`);
      await service.discord.join(room.guildId, userId, [manager]);
      const runs = all({ userId, locale });
      expect(await answers(runs)).toEqual(eachSays(runs, NOT_LINKED[locale]));
    });

    it('whoever manages the server and teaches nothing here: a student, and an instructor of elsewhere', async () => {
      for (const role of ['student', 'instructor'] as const) {
        const id = await service.createUser('Somebody', role);
        const userId = await service.link(id, { role });
        await service.discord.join(room.guildId, userId, [manager]);
        if (role === 'instructor') await service.createCourse('Elsewhere', id);
        const runs = all({ userId, locale });
        expect(await answers(runs)).toEqual(eachSays(runs, DOES_NOT_TEACH[locale]));
      }
    });

    it('a course of another server, one of somebody else in this one, and one that does not exist', async () => {
      const elsewhere = await classroom(service, 'Chemistry');
      await service.sql('INSERT INTO course_staff (course_id, user_id) VALUES ($1, $2)', [
        elsewhere.courseId,
        room.instructorId,
      ]);
      const other = await service.createUser('Dimas', 'instructor');
      const account = await service.link(other, { role: 'instructor' });
      await service.discord.join(room.guildId, account, [manager]);
      const foreign = await service.createCourse(`Foreign ${locale}`, other);
      await configure(service, await service.token(other, 'instructor'), { courseId: foreign, guildId: room.guildId });
      for (const course of [elsewhere.courseId, 'Chemistry', foreign, `Foreign ${locale}`, 'Nothing']) {
        const runs = {
          'invite-student': one('invite-student', { student: ayu, course }, locale),
          'remove-student': one('remove-student', { student: ayu, course }, locale),
          'sync-enrollment': one('sync-enrollment', { course }, locale),
        };
        expect([course, await answers(runs)]).toEqual([course, eachSays(runs, NO_SUCH_COURSE[locale])]);
      }
    });

    it('a student who is not enrolled, and a name that nobody has', async () => {
      const stranger = await service.createUser('Stranger');
      const runsOf = (student: string) => ({
        'invite-student': one('invite-student', { student, course: room.courseId }, locale),
        'remove-student': one('remove-student', { student, course: room.courseId }, locale),
        why: one('why', { member: student }, locale),
      });
      expect(await answers(runsOf(stranger))).toEqual(eachSays(runsOf(stranger), NOT_ENROLLED[locale]));
      expect(await answers(runsOf('Zorro'))).toEqual(eachSays(runsOf('Zorro'), NO_SUCH_STUDENT[locale]));
    });

    it('nothing where the server is not ready, but a sync: what is asked for is kept, and the server’s trouble told', async () => {
      await service.discord.addBot(room.guildId, { permissions: WITHOUT_KICK });
      const runs = all({ locale });
      await eventually(async () =>
        expect(await answerTo(service, runs['sync-enrollment']!)).toEqual(NOT_READY[locale]),
      );
      expect(await answerTo(service, runs['server-stats']!)).toContain(NOT_READY[locale][2]);
      expect((await answerTo(service, runs['remove-student']!))[1]).toBe(
        {
          en: 'Nothing happens in Algebra I server for now: the course is switched off there, or cannot be served. It is done when that is mended.',
          id: 'Untuk sementara tidak terjadi apa-apa di Algebra I server: kursus dimatikan di sana, atau tidak bisa dilayani. Ini dilakukan setelah diperbaiki.',
        }[locale],
      );
      const budi = await service.createUser(`Budi ${locale}`);
      await service.link(budi);
      await service.enroll(budi, room.courseId);
      await eventually(async () =>
        expect(await service.membership(budi, room.courseId)).toMatchObject({ reason: 'SERVER_NOT_READY' }),
      );
      const told = {
        en: [
          `Course access of Budi ${locale}: ○ Not in yet (Algebra I)`,
          'Algebra I · ○ Not in yet',
          'Algebra I server is not ready: the bot is missing something there. Its checks say what, and students are let in as soon as it is mended.',
          'What to do: Mend what /server-stats names.',
        ],
        id: [
          `Akses kursus Budi ${locale}: ○ Belum masuk (Algebra I)`,
          'Algebra I · ○ Belum masuk',
          'Algebra I server belum siap: ada yang kurang pada bot di sana. Pemeriksaannya menunjukkan apa, dan siswa masuk segera setelah diperbaiki.',
          'Yang perlu dilakukan: Perbaiki yang disebut oleh /server-stats.',
        ],
      }[locale];
      expect(await answerTo(service, one('why', { member: `Budi ${locale}` }, locale))).toEqual(told);
      const student = { student: `Budi ${locale}`, course: room.courseId };
      expect(await answerTo(service, one('invite-student', student, locale))).toEqual([
        {
          en: `Budi ${locale} may come into the server of Algebra I, but is not in yet.`,
          id: `Budi ${locale} boleh masuk ke server Algebra I, tetapi belum masuk.`,
        }[locale],
        ...told.slice(1),
      ]);
      await service.discord.addBot(room.guildId);
      await service.reaches(budi, room.courseId, 'joined', 'ADDED', 20_000);
    }, 60_000);
  });

  it('nobody who does not manage the server sees them, but /connect', async () => {
    const { id: userId } = await service.discord.createUser('guest');
    await service.discord.join(room.guildId, userId);
    for (const run of Object.values(all({ userId })))
      await expect(replyTo(service, run)).rejects.toThrow('Discord hides');
    expect(await service.discord.commands(room.guildId, userId)).toEqual(['connect']);
  });

  it('nobody waits for a word, however slow the database is: Discord is told at once that it is at it', async () => {
    const { instructorDiscordId: userId } = room;
    const question = await replyTo(service, all()['remove-student']!);
    const own = await replyTo(service, { guildId: room.guildId, userId, command: 'connect' });
    const areToldAtOnce = async (...runs: (() => Promise<unknown>)[]) => {
      await service.discord.clearRequests();
      await service.sql('BEGIN');
      await service.sql('LOCK user_discord_connections IN ACCESS EXCLUSIVE MODE');
      const answering = runs.map((run) => run());
      await eventually(async () => {
        const calls = await service.discord.calls();
        // What the bot says of an interaction: that it is at it, and nothing else yet.
        expect(calls.filter((call) => /interactions|webhooks/.test(call))).toEqual(
          answering.map(() => 'POST /interactions/:id/:id/callback 204'),
        );
      }).finally(() => service.sql('ROLLBACK'));
      await Promise.all(answering);
    };
    await areToldAtOnce(
      ...Object.values(all()).map((run) => () => replyTo(service, run)),
      () => replyTo(service, { guildId: room.guildId, userId, command: 'connect' }),
      () => press(service, own, userId, 'Allow direct messages'),
    );
    // By itself: one of the commands above invites the same student.
    await areToldAtOnce(() => press(service, question, userId, 'Remove'));
    await service.reaches(ayu, room.courseId, 'removed', 'REMOVED_BY_STAFF');
  }, 40_000);

  describe.each<Language>([...LANGUAGES])('while Discord is down, in the language %s', (locale) => {
    let guest: string;

    beforeAll(async () => {
      guest = await service.createUser(`Citra ${locale}`);
      await service.link(guest);
      await service.sql(`UPDATE discord_server_configs SET auto_invite = false`);
      await service.enroll(guest, room.courseId);
      await service.reaches(guest, room.courseId, 'pending', 'NOT_INVITED');
      await service.rest();
      await service.discord.faults([{ guildId: room.guildId, status: 503 }]);
    });
    afterAll(() => service.discord.noFaults());

    it('what needs its word', async () => {
      const runs = {
        'remove-student': one('remove-student', { student: guest, course: room.courseId }, locale),
        'sync-enrollment': one('sync-enrollment', { course: room.courseId }, locale),
      };
      expect(await answers(runs)).toEqual(eachSays(runs, DISCORD_IS_DOWN[locale]));
    });

    it('nothing else: an invite is kept and done later, and what is known is told', async () => {
      const student = { student: guest, course: room.courseId };
      const invited = await answerTo(service, one('invite-student', student, locale));
      expect(invited[0]).toBe(
        {
          en: `Citra ${locale} may come into the server of Algebra I, but is not in yet.`,
          id: `Citra ${locale} boleh masuk ke server Algebra I, tetapi belum masuk.`,
        }[locale],
      );
      expect((await answerTo(service, one('why', { member: guest }, locale))).slice(1)).toEqual(
        {
          en: [
            'Algebra I · ○ Not in yet',
            'Discord is not answering for them at the moment. We keep trying; there is nothing anybody needs to do.',
            'What to do: Nothing: it goes on by itself.',
          ],
          id: [
            'Algebra I · ○ Belum masuk',
            'Discord sedang tidak menjawab untuknya. Kami terus mencoba; tidak ada yang perlu dilakukan.',
            'Yang perlu dilakukan: Tidak ada: ini berjalan dengan sendirinya.',
          ],
        }[locale],
      );
      expect((await answerTo(service, one('server-stats', {}, locale)))[0]).toMatch(
        {
          en: /^Students in Algebra I server: Algebra I \d+ of \d+/,
          id: /^Siswa di Algebra I server: Algebra I \d+ dari/,
        }[locale],
      );
      await service.discord.noFaults();
      await service.reaches(guest, room.courseId, 'joined', 'ADDED', 40_000);
    }, 90_000);
  });
});
