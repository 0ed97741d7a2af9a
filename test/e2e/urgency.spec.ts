import { Client } from 'pg';
import { type ProcessRole } from '../../src/config/config';
import { settledClass } from './support/settled-class';
import { type Classroom, classroom, eventually, Service } from './support/service';

/** How many jobs for which nobody waits a worker runs at once, and a few servers more. */
const SLOTS = 12;
const SERVERS = SLOTS + 2;
const GIVE_A_ROLE = { method: 'PUT', route: '/guilds/:id/members/:id/roles/:id' };

describe('a student who enrolls while many others are served in bulk', () => {
  let service: Service;
  let quiet: Classroom;
  const busy: Classroom[] = [];

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api', 'worker']) } });
    quiet = await classroom(service, 'A quiet course');
    for (let index = 1; index <= SERVERS; index += 1) {
      const room = await classroom(service, `A busy course ${index}`);
      await settledClass(service, room, 1);
      busy.push(room);
    }
    await service.rest(60_000);
  }, 120_000);
  afterAll(async () => {
    // Otherwise the calls that Discord leaves unanswered are waited for.
    await service.discordVanishes();
    await service.close();
  });

  /** Everybody in the course gets another role: a mark, and work, for which nobody waits. */
  async function changeRole(room: Classroom): Promise<void> {
    const { id } = await service.discord.createRole(room.guildId, 'Student, anew');
    await service.sql('UPDATE discord_server_configs SET student_role_id = $2 WHERE id = $1', [room.configId, id]);
  }
  const count = async (what: string) =>
    (await service.sql<{ count: number }>(`SELECT count(*)::int FROM ${what}`))[0]!.count;
  const bulkLeft = () => count('discord_memberships WHERE generation > observed_generation AND priority > 0');

  it('is in the server although many others are still being marked', async () => {
    const [student] = await service.crowd(1);
    const other = new Client({ connectionString: service.database.url });
    await other.connect();
    try {
      // Marking takes as long as this transaction.
      await other.query('BEGIN');
      await other.query('SELECT FROM discord_memberships ORDER BY id FOR UPDATE');
      for (const room of busy) await changeRole(room);
      await eventually(async () =>
        expect(
          await count(`graphile_worker.jobs WHERE task_identifier = 'mark-memberships' AND locked_at IS NOT NULL`),
        ).toBe(SLOTS),
      );
      await service.enroll(student!.userId, quiet.courseId);
      await service.reaches(student!.userId, quiet.courseId, 'joined', 'ADDED');
      expect(await count(`graphile_worker.jobs WHERE task_identifier = 'mark-memberships'`)).toBe(SERVERS);
    } finally {
      await other.end();
    }
  }, 40_000);

  it('goes before the rest of the same server, in the midst of it', async () => {
    const room = await classroom(service, 'A big course');
    await settledClass(service, room, 50);
    await service.rest();
    const [student] = await service.crowd(1);
    await service.discord.faults([{ ...GIVE_A_ROLE, delayMs: 200 }]);
    await changeRole(room);
    await eventually(async () => expect(await bulkLeft()).toBeGreaterThan(40));
    await eventually(async () => expect(await bulkLeft()).toBeLessThan(50));
    await service.enroll(student!.userId, room.courseId);
    await service.reaches(student!.userId, room.courseId, 'joined', 'ADDED');
    expect(await bulkLeft()).toBeGreaterThan(0);
    await service.discord.noFaults();
    await service.rest(30_000);
  }, 40_000);

  it('is in the server although Discord leaves calls of all the other servers unanswered', async () => {
    const [elsewhere, there] = await service.crowd(2);
    await service.discord.faults([{ ...GIVE_A_ROLE, delayMs: 60_000 }]);
    for (const room of busy) await changeRole(room);
    await eventually(async () => expect(await bulkLeft()).toBe(SERVERS));
    await eventually(async () => expect(await count('discord_guild_leases WHERE NOT released')).toBe(SLOTS));
    const [waiting] = await service.sql<{ guildId: string }>(
      `SELECT m.guild_id AS "guildId" FROM discord_memberships m LEFT JOIN discord_guild_leases l ON l.guild_id = m.guild_id AND NOT l.released
       WHERE m.priority > 0 AND l.guild_id IS NULL`,
    );

    await service.enroll(elsewhere!.userId, quiet.courseId);
    await service.reaches(elsewhere!.userId, quiet.courseId, 'joined', 'ADDED');
    // Also in a server that waits for its turn itself: the rest of it goes on waiting.
    const room = busy.find(({ guildId }) => guildId === waiting?.guildId)!;
    await service.enroll(there!.userId, room.courseId);
    await service.reaches(there!.userId, room.courseId, 'joined', 'ADDED');
    const unchanged =
      'discord_memberships JOIN discord_server_configs USING (course_id) WHERE granted_role_id <> student_role_id';
    expect(await count(unchanged)).toBe(SERVERS);
  }, 40_000);
});
