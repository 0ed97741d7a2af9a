import { type RunFragment } from './sync.generated';
import { type syncTexts } from './sync-texts';

type Words = (typeof syncTexts)['en'];

/** What a run has done, in a line; empty when it changed nothing. */
export function changesOf(run: RunFragment, words: Words): string {
  const { added, invited, roleChanges, removed, failed } = run;
  return [
    ...(added > 0 ? [words.added(added)] : []),
    ...(invited > 0 ? [words.invited(invited)] : []),
    ...(roleChanges > 0 ? [words.roles(roleChanges)] : []),
    ...(removed > 0 ? [words.removed(removed)] : []),
    ...(failed > 0 ? [words.notDone(failed)] : []),
  ].join(' · ');
}

/** For how long removals can be undone, milliseconds. */
const UNDO_WITHIN = 7 * 24 * 60 * 60 * 1000;

export function canBeUndone({ status, removed, finishedAt }: RunFragment, now: number): boolean {
  const isOver = status === 'SUCCEEDED' || status === 'CANCELLED' || status === 'FAILED';
  return isOver && removed > 0 && finishedAt !== null && now - new Date(finishedAt).getTime() < UNDO_WITHIN;
}
