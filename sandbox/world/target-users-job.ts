import { type Invite, type TargetUsersJob } from './model';
import { type World } from './world';

/** Discord's numbers for the state of the job (resources/invite, Get Target Users Job Status). */
const PROCESSING = 1;
const COMPLETED = 2;
const FAILED = 3;

/** Begins to read a list of target users; until that is over, the invite admits those of before. */
export function newTargetUsersJob(
  world: World,
  ids: readonly string[],
  admittedBefore: readonly string[],
): TargetUsersJob {
  const { targetUsersJobMs, targetUsersJobEnds } = world.rules();
  const now = Date.now();
  return {
    status: targetUsersJobEnds === 'failed' ? FAILED : COMPLETED,
    total: ids.length,
    createdAt: new Date(now).toISOString(),
    completedAt: new Date(now + targetUsersJobMs).toISOString(),
    admittedBefore,
  };
}

/**
 * How far the job is. One that was begun under a longer `targetUsersJobMs` than is now in force is over by the shorter,
 * and stays over.
 */
export function targetUsersJobState(world: World, job: TargetUsersJob): 1 | 2 | 3 {
  const soonest = Date.parse(job.createdAt) + world.rules().targetUsersJobMs;
  if (soonest < Date.parse(job.completedAt)) job.completedAt = new Date(soonest).toISOString();
  return Date.parse(job.completedAt) > Date.now() ? PROCESSING : job.status;
}

/** The people whom the invite is for just now, null = everybody; a list that could not be read changes nothing. */
export function admittedUserIds(world: World, invite: Invite): readonly string[] | null {
  const { targetUsersJob: job, targetUserIds } = invite;
  if (job === null || targetUsersJobState(world, job) === COMPLETED) return targetUserIds;
  return job.admittedBefore ?? targetUserIds;
}

/** Whether the user may see and accept the invite. */
export function admits(world: World, invite: Invite, userId: string): boolean {
  return admittedUserIds(world, invite)?.includes(userId) ?? true;
}

/** The answer of Get Target Users Job Status; a job that failed has got half way. */
export function targetUsersJobShape(world: World, job: TargetUsersJob | null) {
  const status = job === null ? 0 : targetUsersJobState(world, job);
  const total = job?.total ?? 0;
  return {
    status,
    total_users: total,
    processed_users: status === COMPLETED ? total : status === FAILED ? Math.floor(total / 2) : 0,
    created_at: job?.createdAt ?? null,
    completed_at: status === COMPLETED ? (job?.completedAt ?? null) : null,
    error_message: status === FAILED ? 'Failed to parse CSV file' : null,
  };
}
