import { plainName } from '../../membership/welcome.policy';
import { type Visitor } from '../visitor';
import { fitted, type Reply, type ReplyButton } from './reply';

/** Removals that wait until somebody decides. */
export interface HeldRemovals {
  readonly runId: string;
  readonly server: string;
  readonly count: number;
  /** Whom they concern, as far as that can be told for sure. */
  readonly names: readonly string[];
}

export function heldFields(held: readonly HeldRemovals[], { texts }: Visitor): NonNullable<Reply['fields']> {
  const { sync } = texts;
  return held.map(({ server, count, names }) => ({
    name: sync.held(count, plainName(server)),
    value: fitted(names.length, (shown) => [
      sync.decide,
      ...(shown > 0 ? [names.slice(0, shown).map(plainName).join(', ')] : []),
      ...(shown > 0 && count > shown ? [sync.more(count - shown)] : []),
    ]),
  }));
}

export function heldButtons(held: readonly HeldRemovals[], { texts }: Visitor): ReplyButton[] {
  return held.flatMap(({ runId, count }): ReplyButton[] => [
    { label: texts.sync.confirm(count), id: `held/confirm/${runId}`, style: 'danger' },
    { label: texts.sync.keep(count), id: `held/keep/${runId}` },
  ]);
}
