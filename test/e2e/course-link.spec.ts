import { type ProcessRole } from '../../src/config/config';
import { CHECK_LINKS, LinkCheck } from '../../src/course-link/link-check';
import { DiscordFailure } from '../../src/discord-api/discord-failure';
import { Schedule } from '../../src/membership/schedule';
import { configure, eventually, Service } from './support/service';

const SET = `mutation ($courseId: UUID!, $inviteLink: String!, $serverName: String) {
  setCourseDiscordLink(courseId: $courseId, inviteLink: $inviteLink, serverName: $serverName) { id } }`;
const REMOVE =
  'mutation ($courseId: UUID!) { removeCourseDiscordLink(courseId: $courseId) { discordLink { clicks } } }';
const JOIN = `mutation ($courseId: UUID!) { joinCourseDiscord(courseId: $courseId) {
  url explanation membership { status reason } } }`;
const CONFIRM = `mutation ($courseId: UUID!, $userId: UUID!, $isMember: Boolean!) {
  confirmLinkMembership(courseId: $courseId, userId: $userId, isMember: $isMember) { clicks confirmedMember student { id } } }`;
const LINK = `query ($id: UUID!) { course(id: $id) { discordLink {
  inviteLink serverName clicks uniqueStudents working howToMend visits { clicks confirmedMember student { id displayName } } } } }`;

interface Link {
  readonly inviteLink: string;
  readonly serverName: string | null;
  readonly clicks: number;
  readonly uniqueStudents: number;
  readonly working: boolean | null;
  readonly howToMend: string | null;
  readonly visits: { clicks: number; confirmedMember: boolean | null; student: { id: string } }[];
}
interface Joined {
  readonly url: string | null;
  readonly explanation: string;
  readonly membership: { status: string; reason: string } | null;
}

describe('a course with a plain invite link', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker', 'cron']) } });
  });
  afterAll(() => service.close());

  /** A course, and a server of the instructor's with an invite of their own; the bot is not in it. */
  async function course(limits: { maxUses?: number } = {}) {
    const instructorId = await service.createUser('Rina Hartono', 'instructor');
    const account = await service.link(instructorId, { role: 'instructor' });
    const token = await service.token(instructorId, 'instructor');
    const guild = await service.discord.createGuild('Algebra server', account);
    const invite = await service.discord.createInvite(guild.generalChannelId, account, limits);
    const courseId = await service.createCourse('Algebra I', instructorId);
    const url = `${service.config.discord.inviteUrl}/${invite.code}`;
    return { instructorId, account, token, guild, code: invite.code, courseId, url };
  }

  async function student(courseId: string, name = 'Ayu Wulandari') {
    const id = await service.createUser(name);
    await service.enroll(id, courseId);
    return { id, token: await service.token(id) };
  }

  const linkOf = async (token: string, id: string) =>
    (await service.query<{ course: { discordLink: Link | null } }>(token, LINK, { id })).course.discordLink;
  const join = async (token: string, courseId: string, headers = {}) =>
    (await service.query<{ joinCourseDiscord: Joined }>(token, JOIN, { courseId }, headers)).joinCourseDiscord;

  it('gives it to every enrolled student who presses Join, and tells the instructor who did', async () => {
    const { token, courseId, url, code } = await course();
    await service.query(token, SET, { courseId, inviteLink: `${url}/?from=mail` });
    expect(await linkOf(token, courseId)).toEqual({
      inviteLink: url,
      serverName: 'Algebra server',
      clicks: 0,
      uniqueStudents: 0,
      working: true,
      howToMend: null,
      visits: [],
    });
    const ayu = await student(courseId);
    const budi = await student(courseId, 'Budi Santoso');
    expect(await join(ayu.token, courseId)).toEqual({
      url,
      membership: null,
      explanation: 'Open the link to join Algebra server.',
    });
    await join(ayu.token, courseId);
    expect((await join(budi.token, courseId, { 'accept-language': 'id' })).explanation).toContain('Buka tautan');
    expect(await service.query(token, CONFIRM, { courseId, userId: budi.id, isMember: true })).toEqual({
      confirmLinkMembership: { clicks: 1, confirmedMember: true, student: { id: budi.id } },
    });
    expect(await linkOf(token, courseId)).toMatchObject({
      clicks: 3,
      uniqueStudents: 2,
      visits: [
        { clicks: 2, confirmedMember: null, student: { id: ayu.id, displayName: 'Ayu Wulandari' } },
        { clicks: 1, confirmedMember: true, student: { id: budi.id, displayName: 'Budi Santoso' } },
      ],
    });
    // Of the others a student sees nothing.
    expect(await linkOf(ayu.token, courseId)).toMatchObject({ inviteLink: url, clicks: 2, uniqueStudents: 1 });
    const log = await service.sql<{ action: string; details: object }>(
      `SELECT action, details FROM discord_log WHERE course_id = $1 ORDER BY seq`,
      [courseId],
    );
    expect(log.map(({ action }) => action)).toEqual(['config_update', 'click', 'click', 'click', 'confirm']);
    expect(JSON.stringify(log)).not.toContain(code);
  });

  it('takes only invites of Discord: no other link, none that Discord does not know', async () => {
    const { token, courseId, url } = await course();
    for (const inviteLink of ['https://example.org/invite/abc', 'abc', 'javascript:alert(1)', `${url}x`]) {
      expect(await service.refusal(token, SET, { courseId, inviteLink })).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining('Invite People') as string,
      });
    }
    expect(await linkOf(token, courseId)).toBeNull();
    // The local Discord cannot be asked about the real one.
    await service.query(token, SET, { courseId, inviteLink: 'https://discord.com/invite/algebra', serverName: 'Ours' });
    expect(await linkOf(token, courseId)).toMatchObject({ working: null, serverName: 'Ours' });
    // Nor can it be asked about anything while it does not answer.
    await service.discord.faults([{ route: '/invites/:id', status: 503 }]);
    await service.query(token, SET, { courseId, inviteLink: url });
    await service.discord.noFaults();
    expect(await linkOf(token, courseId)).toMatchObject({ inviteLink: url, working: null });
  });

  it('is for staff to change, and for nobody who does not attend', async () => {
    const { token, courseId, url } = await course();
    const ayu = await student(courseId);
    const stranger = await service.token(await service.createUser('Citra'));
    const code = async (who: string, query: string, variables: object) =>
      (await service.refusal(who, query, { courseId, ...variables })).code;
    expect(await code(ayu.token, JOIN, {})).toBe('SERVER_NOT_READY');
    await service.query(token, SET, { courseId, inviteLink: url });
    expect(await code(ayu.token, SET, { inviteLink: url })).toBe('FORBIDDEN');
    expect(await code(stranger, SET, { inviteLink: url })).toBe('NOT_FOUND');
    expect(await code(ayu.token, REMOVE, {})).toBe('FORBIDDEN');
    expect(await code(ayu.token, CONFIRM, { userId: ayu.id, isMember: true })).toBe('FORBIDDEN');
    expect(await code(token, CONFIRM, { userId: ayu.id, isMember: true })).toBe('NOT_FOUND');
    expect(await code(stranger, JOIN, {})).toBe('NOT_ENROLLED');
    expect(await service.query(token, REMOVE, { courseId })).toEqual({
      removeCourseDiscordLink: { discordLink: null },
    });
    expect(await code(ayu.token, JOIN, {})).toBe('SERVER_NOT_READY');
  });

  it('counts every press, and writes down no more than ten of them within an hour', async () => {
    const { token, courseId, url } = await course();
    await service.query(token, SET, { courseId, inviteLink: url });
    const ayu = await student(courseId);
    for (let press = 0; press < 14; press += 1) await join(ayu.token, courseId);
    expect(await linkOf(token, courseId)).toMatchObject({ clicks: 14, uniqueStudents: 1 });
    const [logged] = await service.sql(`SELECT count(*)::int AS count FROM discord_log WHERE user_id = $1`, [ayu.id]);
    expect(logged).toEqual({ count: 10 });
  });

  it('is looked up daily; one that is dead is shown, the button says so, and a new one mends it', async () => {
    const { token, courseId, url, code, guild, account } = await course({ maxUses: 1 });
    await service.query(token, SET, { courseId, inviteLink: url });
    const ayu = await student(courseId);
    await join(ayu.token, courseId);
    const check = () => service.nest.get(LinkCheck, { strict: false }).run();
    const yesterday = () => service.sql(`UPDATE course_discord_links SET checked_at = now() - interval '1 day'`);
    await service.discord.accept(code, (await service.discord.createUser('first.come')).id);
    // When Discord does not answer nothing is known.
    await yesterday();
    await service.discord.faults([{ route: '/invites/:id', status: 503 }]);
    await expect(check()).rejects.toThrow('status 503');
    await service.discord.noFaults();
    expect(await linkOf(token, courseId)).toMatchObject({ working: true });

    await check();
    expect(await linkOf(token, courseId)).toMatchObject({
      working: false,
      howToMend: expect.stringContaining('paste the new link here') as string,
    });
    expect(await join(ayu.token, courseId)).toEqual({
      url: null,
      membership: null,
      explanation: expect.stringContaining('no longer works') as string,
    });
    await yesterday();
    await check();
    const dead = await service.sql(`SELECT error_message FROM discord_log WHERE course_id = $1 AND action = 'error'`, [
      courseId,
    ]);
    expect(dead).toHaveLength(1);

    const fresh = await service.discord.createInvite(guild.generalChannelId, account);
    const inviteLink = `${service.config.discord.inviteUrl}/${fresh.code}`;
    await service.query(token, SET, { courseId, inviteLink });
    expect((await join(ayu.token, courseId)).url).toBe(inviteLink);
    // Of the same server: who pressed the former one still counts.
    expect(await linkOf(token, courseId)).toMatchObject({ working: true, clicks: 2, uniqueStudents: 1 });
  });

  it.each([
    ['could not be said', { status: 500 }, true],
    ['Discord wants to be left alone', { status: 429, body: { message: 'Slow down.', retry_after: 60 } }, false],
    ['Discord is not there', { drop: 'before' }, false],
  ])('of which nothing is known, because %s, holds up no others without need', async (_, fault, goesOn) => {
    const [bad, good] = [await course(), await course()];
    for (const { token, courseId, url } of [bad, good]) await service.query(token, SET, { courseId, inviteLink: url });
    const age = (courseId: string, days: number) =>
      service.sql(
        'UPDATE course_discord_links SET working = NULL, checked_at = now() - $2::interval WHERE course_id = $1',
        [courseId, `${days} days`],
      );
    await age(bad.courseId, 2);
    await age(good.courseId, 1);
    await service.discord.faults([{ route: '/invites/:id', guildId: bad.guild.id, ...fault }]);
    const check = () => service.nest.get(LinkCheck, { strict: false }).run();
    await expect(check()).rejects.toThrow(DiscordFailure);
    const working = async ({ token, courseId }: typeof bad) => (await linkOf(token, courseId))?.working;
    expect([await working(bad), await working(good)]).toEqual([null, goesOn ? true : null]);
    await service.discord.noFaults();
    await check();
    expect([await working(bad), await working(good)]).toEqual([true, true]);
  });

  it('has a daily slot for the lookup, which is run once, by whoever comes first', async () => {
    const slots = await service.sql<{ slot: Date }>('SELECT slot FROM cron_runs WHERE name = $1', [CHECK_LINKS]);
    expect(slots).toHaveLength(1);
    const schedule = service.nest.get(Schedule, { strict: false });
    expect(await schedule.slot(CHECK_LINKS, slots[0]!.slot)).toBe(false);
    const { courseId, url, token } = await course();
    await service.query(token, SET, { courseId, inviteLink: 'https://discord.gg/algebra' });
    await service.sql('UPDATE course_discord_links SET discord_invite_link = $2 WHERE course_id = $1', [courseId, url]);
    expect(await schedule.slot(CHECK_LINKS, new Date(slots[0]!.slot.getTime() + 86_400_000))).toBe(true);
    await eventually(async () => {
      expect(await linkOf(token, courseId)).toMatchObject({ working: true, serverName: 'Algebra server' });
    });
  });

  it('becomes automatic without anyone having to rejoin: whom the link brought is ours, who was there before stays', async () => {
    const { token, courseId, url, code, guild, account } = await course();
    await service.query(token, SET, { courseId, inviteLink: url });
    const ayu = await student(courseId);
    const budi = await student(courseId, 'Budi Santoso');
    const [ayus, budis] = [await service.link(ayu.id), await service.link(budi.id)];
    await service.discord.join(guild.id, budis);
    for (const { token: who } of [ayu, budi]) await join(who, courseId);
    await service.discord.accept(code, ayus);
    await service.query(token, CONFIRM, { courseId, userId: ayu.id, isMember: false });

    const role = await service.discord.createRole(guild.id, 'Student');
    await service.discord.addBot(guild.id);
    await configure(service, token, {
      courseId,
      guildId: guild.id,
      studentRoleId: role.id,
      inviteChannelId: guild.generalChannelId,
    });
    for (const { id } of [ayu, budi]) await service.reaches(id, courseId, 'joined');
    for (const who of [ayus, budis]) expect((await service.discord.member(guild.id, who))?.roles).toEqual([role.id]);
    // What the bot sees replaces the tick.
    expect((await linkOf(token, courseId))?.visits.map(({ confirmedMember }) => confirmedMember)).toEqual([true, true]);
    expect(await join(ayu.token, courseId)).toMatchObject({ url: null, membership: { status: 'JOINED' } });
    expect(await linkOf(token, courseId)).toMatchObject({ clicks: 2 });

    for (const { id } of [ayu, budi]) await service.unenroll(id, courseId);
    await service.reaches(ayu.id, courseId, 'removed', 'ENROLLMENT_ENDED');
    await service.reaches(budi.id, courseId, 'removed', 'PROTECTED_MEMBER');
    expect(await service.discord.member(guild.id, ayus)).toBeUndefined();
    expect((await service.discord.member(guild.id, budis))?.roles).toEqual([]);
    expect((await service.discord.guild(guild.id)).ownerId).toBe(account);
  });

  describe('that has a server too', () => {
    async function automatic() {
      const room = await course();
      await service.discord.addBot(room.guild.id);
      await service.query(room.token, SET, { courseId: room.courseId, inviteLink: room.url });
      const configId = await configure(service, room.token, {
        courseId: room.courseId,
        guildId: room.guild.id,
        inviteChannelId: room.guild.generalChannelId,
        autoInvite: false,
      });
      return { ...room, configId };
    }

    it('sets the membership going, and gives the invite that is made for the student', async () => {
      const { courseId } = await automatic();
      const ayu = await student(courseId);
      expect(await join(ayu.token, courseId)).toMatchObject({ url: null, membership: { status: 'PENDING' } });
      await service.link(ayu.id, { autoJoin: false });
      await service.reaches(ayu.id, courseId, 'invited', 'INVITE_OPEN');
      const invited = await service.membership(ayu.id, courseId);
      expect(await join(ayu.token, courseId)).toMatchObject({
        url: invited?.invite_link,
        membership: { status: 'INVITED', reason: 'INVITE_OPEN' },
      });
    });

    it('gives the link while the bot cannot serve, but to nobody whom staff removed', async () => {
      const { token, courseId, url, guild, configId } = await automatic();
      const ayu = await student(courseId);
      const budi = await student(courseId, 'Budi Santoso');
      await service.link(ayu.id);
      await service.link(budi.id);
      await service.reaches(budi.id, courseId, 'pending', 'NOT_INVITED');
      await service.query(token, 'mutation ($u: UUID!, $c: UUID!) { removeStudent(userId: $u, courseId: $c) { id } }', {
        u: budi.id,
        c: courseId,
      });
      await service.discord.removeBot(guild.id);
      await service.query(token, 'mutation ($id: UUID!) { recheckServer(id: $id) { health } }', { id: configId });
      expect(await join(ayu.token, courseId)).toMatchObject({
        url,
        membership: { status: 'PENDING' },
        explanation: expect.stringContaining('cannot bring you in by ourselves') as string,
      });
      expect(await linkOf(token, courseId)).toMatchObject({ clicks: 1 });
      expect((await service.refusal(budi.token, JOIN, { courseId })).code).toBe('FORBIDDEN');
      expect(await linkOf(budi.token, courseId)).toBeNull();
      await service.discord.addBot(guild.id);
      await service.query(token, 'mutation ($id: UUID!) { recheckServer(id: $id) { health } }', { id: configId });
      await service.reaches(ayu.id, courseId, 'joined');
      await eventually(async () => expect((await join(ayu.token, courseId)).url).toBeNull());
    });
  });
});
