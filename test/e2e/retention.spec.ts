import { Sweep } from '../../src/membership/sweep';
import { type Classroom, classroom, eventually, namedIn, Service } from './support/service';

interface Student {
  readonly id: string;
  readonly token: string;
  readonly discordId: string;
}

describe('somebody of whom nothing is enrolled any more', () => {
  let service: Service;
  let open: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    open = await classroom(service, 'Geometry');
    // Somebody is enrolled: an empty roster is no reason to forget anybody.
    await joined(open);
  }, 30_000);
  afterAll(() => service.close());

  const sweep = () => service.nest.get(Sweep).sweep();
  const named = ({ discordId }: Student) => namedIn(service, discordId);

  async function joined(where: Classroom): Promise<Student> {
    const id = await service.createUser('Ayu Wulandari');
    const discordId = await service.link(id);
    await service.enroll(id, where.courseId);
    await service.reaches(id, where.courseId, 'joined', 'ADDED');
    await service.rest();
    return { id, token: await service.token(id), discordId };
  }

  /** Moves everything that this person did into the past. */
  async function daysAgo(days: number, { id }: Student): Promise<void> {
    await service.sql(
      `UPDATE user_discord_connections SET created_at = created_at - $2 * interval '1 day' WHERE user_id = $1`,
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
});
