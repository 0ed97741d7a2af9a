import { type SyncRunRow } from '../../membership/sync-runs';
import { plainName } from '../../membership/welcome.policy';
import { type FailedCheck, type RunNumbers } from '../texts/texts';
import { type Visitor } from '../visitor';
import { heldButtons, heldFields, type HeldRemovals } from './held-removals';
import { type Reply } from './reply';

const BAR = 20;

/** A course whose runs are shown. */
export interface SyncedCourse {
  readonly title: string;
  /** What its servers lack. */
  readonly failedChecks: readonly FailedCheck[];
}

/** How the runs of a course stand while they are under way. */
export function syncProgressReply(
  { title, failedChecks }: SyncedCourse,
  runs: readonly SyncRunRow[],
  { texts }: Visitor,
): Reply {
  const { sync } = texts;
  const course = plainName(title);
  const numbers = sum(runs);
  const { done, total } = numbers;
  const isWaiting = runs.every(({ status }) => status === 'QUEUED');
  const percent = total === 0 ? 0 : Math.floor((done / total) * 100);
  const filled = Math.floor((percent / 100) * BAR);
  return {
    headline: isWaiting ? sync.waiting(course) : `${sync.running(course)} ${sync.progress(percent, done, total)}`,
    tone: 'plain',
    text: [
      `${'▰'.repeat(filled)}${'▱'.repeat(BAR - filled)}`,
      sync.numbers(numbers),
      ...obstacles(runs, failedChecks, sync),
    ].join('\n'),
  };
}

/** What came of the runs of a course, and what still has to be decided. */
export function syncResultReply(
  { title, failedChecks }: SyncedCourse,
  runs: readonly SyncRunRow[],
  held: readonly HeldRemovals[],
  visitor: Visitor,
): Reply {
  const { sync } = visitor.texts;
  const course = plainName(title);
  const hasFailed = runs.some(({ status }) => status === 'FAILED');
  const isCancelled = runs.some(({ status }) => status === 'CANCELLED');
  const succeeded = held.length > 0 ? sync.waitsForYou : sync.succeeded;
  const word = hasFailed ? sync.failed : isCancelled ? sync.cancelled : succeeded;
  return {
    headline: word(course),
    tone: hasFailed || held.length > 0 ? 'warning' : 'good',
    text: [sync.numbers(sum(runs)), ...obstacles(runs, failedChecks, sync)].join('\n'),
    fields: heldFields(held, visitor),
    buttons: heldButtons(held, visitor),
  };
}

/** The message cannot follow any longer; the run goes on. */
export function syncTooLongReply({ texts }: Visitor): Reply {
  const { what, todo } = texts.sync.tooLong;
  return { headline: what, tone: 'plain', text: todo };
}

/** Nobody of those who were held is removed. */
export function keptReply(title: string, held: readonly HeldRemovals[], visitor: Visitor): Reply {
  return {
    headline: visitor.texts.sync.kept(plainName(title)),
    tone: 'good',
    fields: heldFields(held, visitor),
    buttons: heldButtons(held, visitor),
  };
}

function obstacles(
  runs: readonly SyncRunRow[],
  checks: readonly FailedCheck[],
  sync: Visitor['texts']['sync'],
): string[] {
  return runs.flatMap(({ error, status }) => {
    if (error === null || status === 'SUCCEEDED') return [];
    return [
      sync.obstacle(
        error,
        checks.find(({ message }) => message === error),
      ),
    ];
  });
}

function sum(runs: readonly SyncRunRow[]): RunNumbers {
  const of = (key: keyof RunNumbers) => runs.reduce((all, run) => all + run[key], 0);
  return {
    done: of('done'),
    total: of('total'),
    added: of('added'),
    invited: of('invited'),
    roleChanges: of('roleChanges'),
    removed: of('removed'),
    failed: of('failed'),
    apiCalls: of('apiCalls'),
  };
}
