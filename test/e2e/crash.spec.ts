import { Client } from 'pg';
import { type Classroom, classroom, eventually, Service } from './support/service';

/** One for all jobs, and one more for those for which somebody waits. */
const WORKERS = 2;
const ADD = 'PUT /guilds/:id/members/:id';

describe('when something breaks in the middle', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service, 'Algebra I', { welcomeMessage: 'Welcome {student} to {course}!' });
  }, 30_000);
  afterAll(() => service.close());
  afterEach(() => service.discord.noFaults());

  /** How Discord answered each attempt to add this person: 201 added them, 204 found them in. */
  async function answersToAdds(account: string): Promise<number[]> {
    return (await service.discord.requests())
      .filter(({ method, route, path }) => `${method} ${route}` === ADD && path.includes(account))
      .map(({ status }) => status);
  }

  async function messages(): Promise<string[]> {
    return (await service.discord.guild(room.guildId)).channels.flatMap((channel) =>
      channel.messages.map(({ content }) => content),
    );
  }

  /** What the log says of a membership's changes. */
  function logged(userId: string): Promise<object[]> {
    return service.sql(
      'SELECT action, status, new_status FROM discord_log WHERE user_id = $1 AND membership_id IS NOT NULL ORDER BY seq',
      [userId],
    );
  }

  async function newStudent(name: string): Promise<{ userId: string; account: string }> {
    const userId = await service.createUser(name);
    return { userId, account: await service.link(userId) };
  }

  it.each([
    ['the answer to an add is lost', 'Dewi Anggraini', 1],
    ['the answer to its repeat is lost too', 'Eko Prasetyo', 2],
  ])('knows its own doing again when %s', async (_what, name, times) => {
    const { userId, account } = await newStudent(name);
    await service.discord.faults([{ route: ADD, userId: account, drop: 'after', times }]);
    await service.enroll(userId, room.courseId);

    await service.reaches(userId, room.courseId, 'joined', 'ADDED');
    expect((await answersToAdds(account)).filter((status) => status === 201)).toEqual([201]);
    await eventually(async () => expect(await messages()).toContain(`Welcome ${name} to Algebra I!`));
    expect((await logged(userId)).at(-1)).toEqual({ action: 'add', status: 'success', new_status: 'joined' });
  });

  it('takes nobody for its own doing who came before', async () => {
    const { userId, account } = await newStudent('Fitri Handayani');
    await service.discord.join(room.guildId, account);
    await service.enroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'joined', 'ALREADY_MEMBER');
    expect(await answersToAdds(account)).toEqual([204]);
    expect(await messages()).not.toContain('Welcome Fitri Handayani to Algebra I!');
  });

  it('is killed between Discord’s answer and the commit: the student was added once, by us, and is welcomed once', async () => {
    const { userId, account } = await newStudent('Gilang Ramadhan');
    await service.down();
    await service.upAsProcess();
    // The add has its effect, its answer is lost, and the repeat gets no answer while the process lives.
    await service.discord.faults([
      { route: ADD, userId: account, drop: 'after', times: 1 },
      { route: ADD, userId: account, delayMs: 60_000, drop: 'before' },
    ]);
    await service.enroll(userId, room.courseId);
    await eventually(async () => expect(await service.discord.member(room.guildId, account)).toBeDefined());
    await service.kill();
    expect(await service.membership(userId, room.courseId)).toMatchObject({ status: 'pending', in_sync: false });

    await service.discord.noFaults();
    await service.up();
    await service.reaches(userId, room.courseId, 'joined', 'ADDED', 15_000);
    await service.rest();
    expect((await answersToAdds(account)).filter((status) => status === 201)).toEqual([201]);
    expect((await service.discord.member(room.guildId, account))?.roles).toEqual([room.roleId]);
    await eventually(async () =>
      expect((await messages()).filter((message) => message.includes('Gilang'))).toEqual([
        'Welcome Gilang Ramadhan to Algebra I!',
      ]),
    );
    expect(await logged(userId)).toEqual([
      { action: 'enrollment', status: 'pending', new_status: 'pending' },
      { action: 'add', status: 'success', new_status: 'joined' },
    ]);

    await service.unenroll(userId, room.courseId);
    await service.reaches(userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
    expect(await service.discord.member(room.guildId, account)).toBeUndefined();
  }, 40_000);

  it('is killed while it reads that a user was deleted: their connection goes all the same', async () => {
    const { userId } = await newStudent('Indra Gunawan');
    await service.rest();
    await service.down();
    await service.upAsProcess();
    const slow = new Client({ connectionString: service.database.url });
    await slow.connect();
    try {
      await slow.query('BEGIN');
      await slow.query('SELECT FROM user_discord_connections WHERE user_id = $1 FOR UPDATE', [userId]);
      await service.sql('DELETE FROM auth.users WHERE id = $1', [userId]);
      await eventually(async () => expect(await hasMarkInHand(userId)).toBe(true));
      await service.kill();
    } finally {
      await slow.end();
    }
    expect(await hasMarkInHand(userId)).toBe(true);

    // Some minutes later.
    await service.sql(`UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '5 minutes'`);
    await service.up();
    await eventually(async () =>
      expect(await service.sql('SELECT FROM user_discord_connections WHERE user_id = $1', [userId])).toEqual([]),
    );
  }, 30_000);

  /** Whether a worker has taken the job that tells of this user, and has not finished it. */
  async function hasMarkInHand(userId: string): Promise<boolean> {
    const jobs = await service.sql(
      `SELECT FROM graphile_worker._private_jobs WHERE locked_at IS NOT NULL AND strpos(payload::text, $1) > 0`,
      [userId],
    );
    return jobs.length > 0;
  }

  it('loses its connections to the database in the middle, again and again, and goes on by itself', async () => {
    const students = await service.students(80);
    for (let cut = 0; cut < 8; cut += 1) {
      for (const { userId } of students.slice(cut * 10, cut * 10 + 10)) await service.enroll(userId, room.courseId);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
      await service.sql(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
    }
    for (const { userId } of students) await service.reaches(userId, room.courseId, 'joined', 'ADDED', 45_000);
    expect((await service.health()).parts['worker']?.up).toBe(true);
  }, 90_000);

  it('loses its connections at the very start of its work, and goes on all the same', async () => {
    const [student] = await service.students(1);
    await service.rest();
    await service.down();
    const slow = new Client({ connectionString: service.database.url });
    await slow.connect();
    let starts: Promise<void>;
    try {
      await slow.query('BEGIN');
      // A worker begins by reading which kinds of jobs there are, once for as long as it runs.
      await slow.query('LOCK TABLE graphile_worker._private_tasks');
      starts = service.up();
      const reading = `FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
        AND query LIKE 'insert into %_private_tasks%'`;
      await eventually(async () => expect(await service.sql(`SELECT ${reading}`)).toHaveLength(WORKERS), 40_000);
      await service.sql(`SELECT pg_terminate_backend(pid) ${reading}`);
    } finally {
      await slow.end();
    }
    await starts;
    await service.enroll(student!.userId, room.courseId);
    await service.reaches(student!.userId, room.courseId, 'joined', 'ADDED', 15_000);
  }, 90_000);

  it('has a job without knowing of it, because the answer to its claim was lost, and takes it again', async () => {
    const [before, after] = await service.students(2);
    // The name under which this worker claims jobs is seen on one that it works on.
    await service.discord.faults([{ route: ADD, userId: before!.account, delayMs: 1_000, times: 1 }]);
    await service.enroll(before!.userId, room.courseId);
    let worker = '';
    await eventually(async () => {
      const [job] = await service.sql<{ worker: string }>(
        `SELECT locked_by AS worker FROM graphile_worker.jobs WHERE locked_by IS NOT NULL`,
      );
      worker = job!.worker;
    });
    await service.reaches(before!.userId, room.courseId, 'joined', 'ADDED');

    await service.sql('BEGIN');
    await service.enroll(after!.userId, room.courseId);
    await service.sql(
      'UPDATE graphile_worker._private_jobs SET locked_by = $1, locked_at = now(), attempts = 1 WHERE locked_by IS NULL',
      [worker],
    );
    await service.sql('COMMIT');

    await service.reaches(after!.userId, room.courseId, 'joined', 'ADDED', 15_000);
  }, 30_000);

  describe('in the middle of 200 enrollments over three servers', () => {
    let rooms: Classroom[];
    let students: { userId: string; account: string }[];

    beforeAll(async () => {
      rooms = [
        await classroom(service, 'Logic'),
        await classroom(service, 'Statistics'),
        await classroom(service, 'Geometry'),
      ];
      students = await service.students(200);
      await service.rest();
    }, 60_000);

    it.each(['SIGTERM', 'SIGKILL'] as const)(
      'is stopped by %s: in the end everybody is in, and was added once',
      async (signal) => {
        const shift = signal === 'SIGTERM' ? 0 : 1;
        const enrollments = students.map((student, index) => ({ ...student, room: rooms[(index + shift) % 3]! }));
        await service.down();
        const process = await service.upAsProcess({ config: { logLevel: 'error' } });
        await service.discord.clearRequests();
        await service.sql(
          'INSERT INTO course_enrollments (user_id, course_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])',
          [enrollments.map(({ userId }) => userId), enrollments.map((enrollment) => enrollment.room.courseId)],
        );
        await eventually(async () => expect((await adds()).length).toBeGreaterThanOrEqual(30));
        await (signal === 'SIGTERM' ? service.down() : service.kill());
        expect(await process.ended).toBe(signal === 'SIGTERM' ? 0 : null);
        expect((await adds()).length).toBeLessThan(200);
        // Nothing fails because something that it needs was stopped before it.
        expect(process.output).toMatch(/^listening at \S+\n$/);

        await service.up();
        const ids = enrollments.map((enrollment) => enrollment.room.courseId);
        await eventually(async () => {
          const rows = await service.sql<{ status: string; reason: string; count: number }>(
            `SELECT status, reason, count(*)::int AS count FROM discord_memberships m
             JOIN unnest($1::uuid[], $2::uuid[]) e(u, c) ON m.user_id = e.u AND m.course_id = e.c GROUP BY 1, 2`,
            [enrollments.map(({ userId }) => userId), ids],
          );
          expect(rows).toEqual([{ status: 'joined', reason: 'ADDED', count: 200 }]);
        }, 20_000);
        const added = (await adds()).filter(({ status }) => status === 201).map(({ path }) => path);
        expect(new Set(added).size).toBe(200);
        expect(added).toHaveLength(200);
        for (const { guildId, roleId } of rooms) {
          const wanted = enrollments.filter((enrollment) => enrollment.room.guildId === guildId);
          const { members } = await service.discord.guild(guildId);
          const holders = members.filter(({ roles }) => roles.includes(roleId)).map(({ userId }) => userId);
          expect(holders).toEqual(expect.arrayContaining(wanted.map(({ account }) => account)));
        }
      },
      60_000,
    );

    async function adds(): Promise<{ path: string; status: number }[]> {
      return (await service.discord.requests()).filter(({ method, route }) => `${method} ${route}` === ADD);
    }
  });

  describe('while a transaction that has enrolled students stays open', () => {
    const CHANGED =
      'subscription ($courseId: UUID) { membershipChanged(courseId: $courseId) { status membership { student { id } } } }';
    let slow: Client;

    beforeAll(async () => {
      await service.down();
      await service.up();
    }, 20_000);

    beforeEach(async () => {
      slow = new Client({ connectionString: service.database.url });
      await slow.connect();
      await slow.query('BEGIN');
    });
    afterEach(() => slow.end());

    it('blocks nobody, and its students are served when it commits', async () => {
      const [waiting, other, leaver] = await service.students(3);
      await service.enroll(leaver!.userId, room.courseId);
      await service.reaches(leaver!.userId, room.courseId, 'joined');
      const stream = service.subscribe<{
        membershipChanged: { status: string; membership: { student: { id: string } } };
      }>(room.instructorToken, CHANGED, { courseId: room.courseId });
      await new Promise((resolve) => setTimeout(resolve, 300));
      const seen = (userId: string): string[] =>
        stream.received
          .filter(({ membershipChanged }) => membershipChanged.membership.student.id === userId)
          .map(({ membershipChanged }) => membershipChanged.status);

      await slow.query('INSERT INTO course_enrollments (user_id, course_id) VALUES ($1, $2)', [
        waiting!.userId,
        room.courseId,
      ]);

      // A statement that had to wait for the open transaction would fail.
      await service.sql(`SET lock_timeout = '1s'`);
      await service.enroll(other!.userId, room.courseId);
      await service.sql(`UPDATE course_enrollments SET status = 'cancelled' WHERE user_id = $1`, [leaver!.userId]);
      await service.sql('UPDATE courses SET title = title WHERE id = $1', [room.courseId]);
      await service.sql('RESET lock_timeout');
      await service.reaches(other!.userId, room.courseId, 'joined', 'ADDED');
      await service.reaches(leaver!.userId, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await eventually(() => {
        expect(seen(other!.userId)).toEqual(['PENDING', 'JOINED']);
        expect(seen(leaver!.userId)).toEqual(['REMOVED']);
        return Promise.resolve();
      });
      expect(await service.membership(waiting!.userId, room.courseId)).toBeUndefined();

      await slow.query('COMMIT');
      await service.reaches(waiting!.userId, room.courseId, 'joined', 'ADDED');
      await eventually(() => {
        expect(seen(waiting!.userId)).toEqual(['PENDING', 'JOINED']);
        return Promise.resolve();
      });
      await stream.close();
    });

    it('leaves nothing behind when it is rolled back', async () => {
      const [waiting, other] = await service.students(2);
      await service.rest();
      await service.discord.clearRequests();
      await slow.query('INSERT INTO course_enrollments (user_id, course_id) VALUES ($1, $2)', [
        waiting!.userId,
        room.courseId,
      ]);
      await service.enroll(other!.userId, room.courseId);
      await service.reaches(other!.userId, room.courseId, 'joined', 'ADDED');
      await slow.query('ROLLBACK');
      await service.rest();
      expect(await service.membership(waiting!.userId, room.courseId)).toBeUndefined();
      expect(
        await service.sql('SELECT 1 FROM discord_log WHERE user_id = $1 AND course_id IS NOT NULL', [waiting!.userId]),
      ).toEqual([]);
      expect(await answersToAdds(waiting!.account)).toEqual([]);
    });
  });
});
