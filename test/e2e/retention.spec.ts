import { Sweep } from '../../src/membership/sweep';
import { LinkCheck } from '../../src/course-link/link-check';
import { type Classroom, classroom, eventually, namedIn, Service } from './support/service';
import { CURRENT_SECRET, deliver } from './support/signed';

interface Student {
  readonly id: string;
  readonly token: string;
  readonly discordId: string;
}

describe('somebody of whom nothing is enrolled any more', () => {
  let service: Service;
  let open: Classroom;

  beforeAll(async () => {
    service = await Service.start({ config: { webhooks: { secrets: [CURRENT_SECRET], allowPrivate: true } } });
    open = await classroom(service, 'Geometry');
    // Somebody is enrolled: an empty roster is no reason to forget anybody.
    await joined(open);
  }, 30_000);
  afterAll(() => service.close());

  const sweep = () => service.nest.get(Sweep).sweep();
  const named = ({ discordId }: Student) => namedIn(service, discordId);

  async function joined(where: Classroom): Promise<Student> {
    const { userId: id, account: discordId } = await service.joined('Ayu Wulandari', where.courseId);
    await service.rest();
    return { id, token: await service.token(id), discordId };
  }

  /** Moves everything that this person did into the past. */
  async function daysAgo(days: number, { id }: Pick<Student, 'id'>): Promise<void> {
    await service.sql(
      `UPDATE user_discord_connections SET created_at = created_at - $2 * interval '1 day',
         enrolled_at = enrolled_at - $2 * interval '1 day' WHERE user_id = $1`,
      [id, days],
    );
    await service.sql(
      `UPDATE discord_user_settings SET changed_at = changed_at - $2 * interval '1 day',
         enrolled_at = enrolled_at - $2 * interval '1 day' WHERE user_id = $1`,
      [id, days],
    );
    await service.sql(`UPDATE discord_memberships SET ended_at = ended_at - $2 * interval '1 day' WHERE user_id = $1`, [
      id,
      days,
    ]);
  }

  async function former(): Promise<Student> {
    const student = await joined(open);
    await service.unenroll(student.id, open.courseId);
    await service.reaches(student.id, open.courseId, 'removed', 'ENROLLMENT_ENDED');
    await service.rest();
    return student;
  }

  it('is known for 90 days, and named nowhere after that', async () => {
    const ayu = await former();
    await daysAgo(89, ayu);
    await sweep();
    expect(await named(ayu)).toContain('public.user_discord_connections');
    await daysAgo(1, ayu);
    await service.discord.clearRequests();
    await eventually(async () => {
      await sweep();
      expect(await named(ayu)).toEqual([]);
    });
    await eventually(async () => expect(await service.discord.calls()).toContain('POST /oauth2/token/revoke 200'));
  });

  it('is known as long as they are enrolled in anything, still in a server by us, or teach', async () => {
    const elsewhere = await former();
    await service.enroll(elsewhere.id, await service.createCourse('Poetry', open.instructorId));
    const held = await joined(open);
    await service.sql(`UPDATE discord_server_configs SET removals_paused = true WHERE id = $1`, [open.configId]);
    await service.unenroll(held.id, open.courseId);
    await service.reaches(held.id, open.courseId, 'joined', 'REMOVAL_HELD');
    const teacher = { id: open.instructorId, token: open.instructorToken, discordId: open.instructorDiscordId };
    for (const person of [elsewhere, held, teacher]) await daysAgo(91, person);
    await sweep();
    for (const person of [elsewhere, held, teacher])
      expect(await named(person)).toContain('public.user_discord_connections');
    expect(await service.discord.member(open.guildId, held.discordId)).toBeTruthy();
  });

  it('who linked an account long ago and never enrolled is forgotten too', async () => {
    const id = await service.createUser('Ayu Wulandari');
    const ayu = { id, token: await service.token(id), discordId: await service.link(id) };
    await daysAgo(91, ayu);
    await eventually(async () => {
      await sweep();
      expect(await named(ayu)).toEqual([]);
    });
  });

  it('is known for 90 days from the end of the enrollment, also where their course never had a server', async () => {
    const poetry = await service.createCourse('Poetry', open.instructorId);
    const id = await service.createUser('Ayu Wulandari');
    const ayu = { id, token: await service.token(id), discordId: await service.link(id) };
    await service.query(ayu.token, 'mutation { setDirectMessages(enabled: true) { id } }');
    await service.enroll(id, poetry);
    await daysAgo(365, ayu);
    await sweep();
    // For a moment only, or for good: a table that is loaded anew looks the same.
    await service.unenroll(id, poetry);
    await sweep();
    const kept = ['public.discord_user_settings', 'public.user_discord_connections'];
    const keptOf = async () => (await namedIn(service, id)).filter((table) => kept.includes(table)).sort();
    expect(await keptOf()).toEqual(kept);
    await daysAgo(89, ayu);
    await sweep();
    expect(await keptOf()).toEqual(kept);
    await daysAgo(1, ayu);
    await eventually(async () => {
      await sweep();
      expect(await keptOf()).toEqual([]);
    });
    await eventually(async () => expect(await named(ayu)).toEqual([]));
  });

  describe('in a course that has a plain link and no server', () => {
    /** Where they are named although nobody has to know them any longer: the log names everybody by the platform's id. */
    const keptOf = async (userId: string) =>
      (await namedIn(service, userId)).filter((table) => /visits|settings|enrollment_events/.test(table)).sort();
    const EVERYTHING = [
      'public.discord_enrollment_events',
      'public.discord_link_visits',
      'public.discord_user_settings',
    ];

    const told = (kind: string, userId: string, courseId: string, at: Date) =>
      deliver(service, { type: `enrollment.${kind}`, timestamp: at.toISOString(), data: { userId, courseId } });

    /** Enrolled by webhook a year ago, has pressed Join since, and chosen something. */
    async function visitor() {
      const courseId = await service.createCourse('Poetry', open.instructorId);
      await service.query(
        open.instructorToken,
        `mutation ($id: UUID!) { setCourseDiscordLink(courseId: $id, inviteLink: "https://discord.gg/poetry") { id } }`,
        { id: courseId },
      );
      const id = await service.createUser('Ayu Wulandari');
      const token = await service.token(id);
      const yearAgo = new Date(Date.now() - 365 * 86_400_000);
      expect((await told('created', id, courseId, yearAgo)).status).toBe(202);
      await service.query(token, 'mutation ($id: UUID!) { joinCourseDiscord(courseId: $id) { url } }', {
        id: courseId,
      });
      await service.query(token, 'mutation { setDirectMessages(enabled: true) { id } }');
      return { id, token, courseId, yearAgo };
    }

    async function passes(days: number, userId: string): Promise<void> {
      for (const change of [
        `discord_link_visits SET enrolled_at = enrolled_at - $2 * interval '1 day'`,
        `discord_user_settings SET changed_at = changed_at - $2 * interval '1 day', enrolled_at = enrolled_at - $2 * interval '1 day'`,
        `discord_enrollment_events SET occurred_at = occurred_at - $2 * interval '1 day'`,
      ])
        await service.sql(`UPDATE ${change} WHERE user_id = $1`, [userId, days]);
    }

    it('is known for 90 days after the enrollment has ended, and nothing is kept of them after that', async () => {
      const { id, courseId } = await visitor();
      await passes(91, id);
      await sweep();
      expect(await keptOf(id)).toEqual(EVERYTHING);

      await service.nest.get(LinkCheck, { strict: false }).run();
      await service.unenroll(id, courseId);
      await passes(89, id);
      await sweep();
      expect(await keptOf(id)).toEqual(EVERYTHING);
      await passes(1, id);
      await sweep();
      expect(await keptOf(id)).toEqual([]);
    });

    it('sees all of it, and has it erased, but for what has to be known of a late webhook', async () => {
      const { id, token, courseId, yearAgo } = await visitor();
      await told('deleted', id, courseId, new Date());
      const { myDiscordData } = await service.query<{ myDiscordData: Record<string, unknown> }>(
        token,
        '{ myDiscordData }',
      );
      expect(myDiscordData).toMatchObject({
        link_visits: [{ course_id: courseId, clicks: 1 }],
        settings: { direct_messages: true },
        enrollment_events: [{ course_id: courseId, type: 'enrollment.deleted' }],
      });
      const erase = () => service.query(token, 'mutation { eraseMyDiscordData }');
      expect(await erase()).toEqual({ eraseMyDiscordData: true });
      expect(await keptOf(id)).toEqual(['public.discord_enrollment_events']);
      await told('created', id, courseId, yearAgo);
      expect(await service.sql('SELECT FROM course_enrollments WHERE user_id = $1', [id])).toEqual([]);
      await passes(8, id);
      await erase();
      expect(await keptOf(id)).toEqual([]);
      expect(await erase()).toEqual({ eraseMyDiscordData: false });
    });
  });
});
