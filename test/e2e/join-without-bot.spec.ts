import { type ProcessRole } from '../../src/config/config';
import { type Classroom, classroom, eventually, type Linked, Service } from './support/service';

const SET_LINK = `mutation ($courseId: UUID!, $inviteLink: String!) {
  setCourseDiscordLink(courseId: $courseId, inviteLink: $inviteLink) { id } }`;
const JOIN = `mutation ($courseId: UUID!) { joinCourseDiscord(courseId: $courseId) {
  url explanation membership { status } } }`;

interface Joined {
  readonly url: string | null;
  readonly explanation: string;
  readonly membership: { readonly status: string } | null;
}

/** A course has a server and a link. Who presses Join is given the link as long as nobody could bring them in. */
describe('Join, while Discord or the bot cannot serve', () => {
  let service: Service;
  let room: Classroom & { readonly link: string };

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker']) } });
  });
  beforeEach(async () => {
    const made = await classroom(service);
    const { code } = await service.discord.createInvite(made.channelId, made.instructorDiscordId);
    room = { ...made, link: `${service.config.discord.inviteUrl}/${code}` };
    await service.query(room.instructorToken, SET_LINK, { courseId: room.courseId, inviteLink: room.link });
  });
  afterEach(() => service.discord.noFaults());
  afterAll(() => service.close());

  async function enrolled(): Promise<Linked> {
    const [student] = (await service.students(1)) as [Linked];
    await service.enroll(student.userId, room.courseId);
    return student;
  }

  async function join({ userId }: Linked): Promise<Joined> {
    const data = { courseId: room.courseId };
    return (await service.query<{ joinCourseDiscord: Joined }>(await service.token(userId), JOIN, data))
      .joinCourseDiscord;
  }

  const linkGiven = () => ({
    url: room.link,
    membership: { status: 'PENDING' },
    explanation: expect.stringContaining('cannot bring you in by ourselves') as string,
  });

  it('gives the link after Discord has failed to answer, and not once the student is in', async () => {
    await service.discord.faults([{ method: 'PUT', route: '/guilds/:id/members/:id', status: 503 }]);
    const ayu = await enrolled();
    await eventually(async () => {
      const tried = 'SELECT FROM discord_memberships WHERE user_id = $1 AND attempts > 0';
      expect(await service.sql(tried, [ayu.userId])).toHaveLength(1);
    });
    expect(await join(ayu)).toEqual(linkGiven());
    await service.discord.noFaults();
    await service.reaches(ayu.userId, room.courseId, 'joined', 'ADDED', 30_000);
    expect(await join(ayu)).toMatchObject({ url: null, membership: { status: 'JOINED' } });
  }, 60_000);

  it('gives the link to who has waited for longer than a moment, and not before', async () => {
    await service.down();
    await service.up({ config: { roles: new Set<ProcessRole>(['api']) } });
    const ayu = await enrolled();
    expect(await join(ayu)).toMatchObject({ url: null, membership: { status: 'PENDING' } });
    await service.sql(`UPDATE discord_memberships SET marked_at = now() - interval '1 minute' WHERE user_id = $1`, [
      ayu.userId,
    ]);
    expect(await join(ayu)).toEqual(linkGiven());
    await service.down();
    await service.up();
  });

  it('gives the link while Discord refuses the bot’s token, but not to whom it has brought in', async () => {
    const budi = await enrolled();
    await service.reaches(budi.userId, room.courseId, 'joined', 'ADDED');
    await service.discord.resetBotToken();
    const ayu = await enrolled();
    await eventually(async () => expect(await join(ayu)).toEqual(linkGiven()));
    expect(await join(budi)).toMatchObject({ url: null, membership: { status: 'JOINED' } });
  });
});
