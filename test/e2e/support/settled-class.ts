import { randomUUID } from 'node:crypto';
import { type Classroom, type Service } from './service';

export interface Student {
  readonly userId: string;
  readonly account: string;
}

/** What one call of the local Discord's control API takes. */
const TOGETHER = 10_000;

/** The triggers that would mark everybody stand aside, as if all this had been served long ago. */
const TABLES = ['auth.users', 'user_discord_connections', 'course_enrollments', 'discord_memberships'];

/**
 * A class that has been in its server for a long time, with its role, brought in by us: everything in step, and nothing
 * left to do. Their tokens are not there; nobody of them can be added again.
 */
export async function settledClass(service: Service, room: Classroom, count: number): Promise<Student[]> {
  const students: Student[] = [];
  while (students.length < count) {
    const accounts = await service.discord.createUsers(Math.min(TOGETHER, count - students.length));
    await service.discord.joinAll(room.guildId, accounts, [room.roleId]);
    students.push(...accounts.map((account) => ({ userId: randomUUID(), account })));
  }
  const triggers = (state: 'DISABLE' | 'ENABLE') =>
    service.sql(TABLES.map((table) => `ALTER TABLE ${table} ${state} TRIGGER USER;`).join(' '));
  const people = [students.map(({ userId }) => userId), students.map(({ account }) => account)];
  // Whatever is under way about the new course comes first, and whoever looks later finds all of this at once.
  if (service.config.roles.has('worker')) await service.rest(30_000);
  await service.sql('BEGIN');
  try {
    await triggers('DISABLE');
    await service.sql(
      `INSERT INTO auth.users (id, email) SELECT id, id || '@example.org' FROM unnest($1::uuid[]) u(id)`,
      people.slice(0, 1),
    );
    await service.sql(
      `INSERT INTO user_discord_connections (user_id, discord_user_id, discord_username, is_verified, scopes)
       SELECT u, account, 'person', true, '{identify,guilds.join}' FROM unnest($1::uuid[], $2::text[]) p(u, account)`,
      people,
    );
    await service.sql('INSERT INTO course_enrollments (user_id, course_id) SELECT unnest($1::uuid[]), $2', [
      people[0],
      room.courseId,
    ]);
    await service.sql(
      `INSERT INTO discord_memberships (user_id, course_id, guild_id, discord_user_id, status, reason, joined_at, generation, observed_generation,
         granted_role_id, acted_discord_user_id, brought_in_by_us, removal_policy, is_member, seen_roles, seen_joined_at, seen_at, seen_discord_user_id)
       SELECT u, $3, $4, account, 'joined', 'ADDED', now(), 1, 1, $5, account, true, 'KICK', true, ARRAY[$5], now(), now(), account
       FROM unnest($1::uuid[], $2::text[]) p(u, account)`,
      [...people, room.courseId, room.guildId, room.roleId],
    );
    await triggers('ENABLE');
    await service.sql('COMMIT');
  } catch (error) {
    await service.sql('ROLLBACK');
    throw error;
  }
  await service.sql(`ANALYZE ${TABLES.join(', ')}`);
  return students;
}

/** What a full comparison has to find, beside nothing. */
export const DIFFERENCES = [
  'a role is missing',
  'a member is missing',
  'a member is to be removed',
  'a role is to be taken',
] as const;
export type DifferenceKind = (typeof DIFFERENCES)[number];

/**
 * Makes so many students differ, in a way that nobody tells the service of: to be found by comparing only.
 * @param students those who may be changed; the first `count` of them are.
 */
export async function differ(
  service: Service,
  room: Classroom,
  kind: DifferenceKind,
  students: readonly Student[],
  count: number,
): Promise<void> {
  const some = students.slice(0, count);
  const ids = [some.map(({ userId }) => userId), room.courseId];
  switch (kind) {
    case 'a role is missing':
      for (const { account } of some) await service.discord.join(room.guildId, account, []);
      return;
    case 'a member is missing': {
      const crowd = await service.crowd(count);
      await service.rest();
      await service.unseen(() =>
        service.sql('INSERT INTO course_enrollments (user_id, course_id) SELECT unnest($1::uuid[]), $2', [
          crowd.map(({ userId }) => userId),
          room.courseId,
        ]),
      );
      return;
    }
    case 'a member is to be removed':
    case 'a role is to be taken':
      await service.sql('ALTER TABLE discord_server_configs DISABLE TRIGGER USER');
      await service.sql('UPDATE discord_server_configs SET removal_policy = $2 WHERE id = $1', [
        room.configId,
        kind === 'a role is to be taken' ? 'REMOVE_ROLE' : 'KICK',
      ]);
      await service.sql('ALTER TABLE discord_server_configs ENABLE TRIGGER USER');
      await service.unseen(() =>
        service.sql('DELETE FROM course_enrollments WHERE user_id = ANY($1::uuid[]) AND course_id = $2', ids),
      );
  }
}

/** Compares the course's server in full, waits for the end, and tells what the run says of it. */
export async function syncInFull(service: Service, room: Classroom, patience = 30_000): Promise<FinishedRun> {
  const RUN = '{ id status total done added roleChanges removed failed apiCalls }';
  const { syncCourse } = await service.query<{ syncCourse: FinishedRun[] }>(
    room.instructorToken,
    `mutation ($courseId: UUID!) { syncCourse(courseId: $courseId) ${RUN} }`,
    { courseId: room.courseId },
  );
  for (const giveUpAt = Date.now() + patience; ;) {
    const { syncRun } = await service.query<{ syncRun: FinishedRun }>(
      room.instructorToken,
      `query ($id: UUID!) { syncRun(id: $id) ${RUN} }`,
      { id: syncCourse[0]!.id },
    );
    if (['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(syncRun.status) || Date.now() > giveUpAt) return syncRun;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface FinishedRun {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly done: number;
  readonly added: number;
  readonly roleChanges: number;
  readonly removed: number;
  readonly failed: number;
  readonly apiCalls: number;
}
