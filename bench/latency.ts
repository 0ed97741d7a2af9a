import { type ProcessRole } from '../src/config/config';
import { type Classroom, classroom, type Service } from '../test/e2e/support/service';
import { settledClass, type Student } from '../test/e2e/support/settled-class';
import { onItsOwnStand, percentile, table, until } from './stand';

/**
 * From the commit of an enrollment until the student is in the server with the role: while nothing else is to be done,
 * while 5,000 others in the same server are served in bulk, and while 20,000 in other servers are. The service is a
 * process of its own. Run by `npm run bench:latency`.
 */
const SAMPLES = 200;
const IN_THE_SAME = 5_000;
const OTHER_SERVERS = 20;
const IN_EACH = 1_000;

const ALL: readonly ProcessRole[] = ['api', 'worker', 'bot', 'cron'];

const begunAt = Date.now();

/** Setting all this up takes longer than measuring: on the standard error output one sees how far it is. */
function progress(what: string): void {
  console.error(`${String(Math.round((Date.now() - begunAt) / 1_000)).padStart(4)} s  ${what}`);
}

void onItsOwnStand(
  async (service) => {
    progress('the service runs');
    const quiet = await classroom(service, 'A quiet course');
    const crowded = await classroom(service, 'A crowded course');
    await settledClass(service, crowded, IN_THE_SAME);
    const others: Classroom[] = [];
    for (let index = 1; index <= OTHER_SERVERS; index += 1) {
      const other = await classroom(service, `Another course ${index}`);
      await settledClass(service, other, IN_EACH);
      others.push(other);
    }
    progress(`${IN_THE_SAME} members of one server and ${OTHER_SERVERS * IN_EACH} of others are there`);
    const students = await service.crowd(3 * SAMPLES);
    await service.rest(60_000);
    progress(`${students.length} students have linked their accounts`);
    await service.down();
    // The bot compares every server when it comes: that is over before anything is measured.
    await service.upAsProcess({ config: { roles: new Set(ALL) } });
    await until(async () => (await comparedServers(service)) === OTHER_SERVERS + 2, 120_000);
    await service.rest(60_000);
    progress('the service runs as a process of its own, and its bot has compared all servers');

    const rows: (string | number)[][] = [];
    let kept = true;
    const measure = async (
      meanwhile: string,
      room: Classroom,
      busy: readonly Classroom[],
      bulk: number,
    ): Promise<void> => {
      for (const other of busy) await changeRole(service, other);
      await until(async () => (await due(service)) >= bulk * 0.95, 60_000);
      progress(`${meanwhile}: ${await due(service)} are due`);
      const samples: number[] = [];
      const sampled = students.splice(0, SAMPLES);
      for (const student of sampled) {
        samples.push(await fromCommitToRole(service, room, student));
        if (samples.length % 50 === 0) progress(`${meanwhile}: ${samples.length} of ${SAMPLES} samples`);
      }
      const left = await due(service);
      // Otherwise a part of the samples was taken while there was nothing else to do.
      kept &&= bulk === 0 || left > 0;
      kept &&= (await withRole(service, room, sampled)) === SAMPLES;
      const figures = [percentile(samples, 0.5), percentile(samples, 0.99), Math.max(...samples)];
      rows.push([meanwhile, samples.length, left, ...figures.map(Math.round)]);
      await forget(service, busy);
    };
    await measure('nothing', quiet, [], 0);
    await measure('5,000 in the same server', crowded, [crowded], IN_THE_SAME);
    await measure('20,000 in other servers', quiet, others, OTHER_SERVERS * IN_EACH);
    console.log(table(['meanwhile', 'samples', 'bulk left', 'p50 ms', 'p99 ms', 'longest ms'], rows));
    return kept;
  },
  { config: { roles: new Set<ProcessRole>(['api', 'worker']) } },
);

/** Milliseconds until Discord has answered the call that brings the student in, role included. */
async function fromCommitToRole(service: Service, room: Classroom, { userId, account }: Student): Promise<number> {
  const path = `/guilds/${room.guildId}/members/${account}`;
  let { next } = await service.discord.requestsSince(Number.MAX_SAFE_INTEGER);
  await service.enroll(userId, room.courseId);
  const committedAt = Date.now();
  let doneAt = Number.NaN;
  await until(
    async () => {
      const news = await service.discord.requestsSince(next);
      next = news.next;
      const added = news.requests.find((request) => request.path.endsWith(path) && request.status === 201);
      if (added) doneAt = Date.parse(added.at) + added.ms;
      return added !== undefined;
    },
    60_000,
    5,
  );
  return Math.max(0, doneAt - committedAt);
}

/** How many of them are in with the course's role. */
async function withRole(service: Service, room: Classroom, students: readonly Student[]): Promise<number> {
  const [config] = await service.sql<{ role: string }>(
    'SELECT student_role_id AS role FROM discord_server_configs WHERE id = $1',
    [room.configId],
  );
  const { members } = await service.discord.guild(room.guildId);
  const roles = new Map(members.map((member) => [member.userId, member.roles]));
  return students.filter(({ account }) => roles.get(account)?.includes(config?.role ?? '')).length;
}

/** Another role for the whole course: everybody in it is moved, by two calls each. */
async function changeRole(service: Service, room: Classroom): Promise<void> {
  const { id } = await service.discord.createRole(room.guildId, 'Student, anew');
  await service.sql('UPDATE discord_server_configs SET student_role_id = $2 WHERE id = $1', [room.configId, id]);
}

/** How much of the bulk is left. */
async function due(service: Service): Promise<number> {
  const [row] = await service.sql<{ count: number }>(
    'SELECT count(*)::int AS count FROM discord_memberships WHERE generation > observed_generation AND priority > 0',
  );
  return row?.count ?? 0;
}

/** How many servers were compared because the bot has come. */
async function comparedServers(service: Service): Promise<number> {
  const [row] = await service.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM discord_sync_runs WHERE course_id IS NULL AND status = 'SUCCEEDED'`,
  );
  return row?.count ?? 0;
}

/** What is left of the bulk would take minutes more. */
async function forget(service: Service, rooms: readonly Classroom[]): Promise<void> {
  // In key order, as the service locks them.
  await service.sql(
    `WITH locked AS (SELECT id FROM discord_memberships WHERE course_id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
     UPDATE discord_memberships m SET observed_generation = generation, due_at = NULL FROM locked WHERE m.id = locked.id`,
    [rooms.map(({ courseId }) => courseId)],
  );
  await service.rest(60_000);
}
