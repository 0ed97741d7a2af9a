import { plainName } from '../../membership/welcome.policy';
import { type Visitor } from '../visitor';
import { type Reply, type ReplyButton } from './reply';

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
    value: [
      sync.decide,
      ...(names.length > 0 ? [names.map(plainName).join(', ')] : []),
      ...(names.length > 0 && count > names.length ? [sync.more(count - names.length)] : []),
    ].join('\n'),
  }));
}

export function heldButtons(held: readonly HeldRemovals[], { texts }: Visitor): ReplyButton[] {
  return held.flatMap(({ runId, count }): ReplyButton[] => [
    { label: texts.sync.confirm(count), id: `held/confirm/${runId}`, style: 'danger' },
    { label: texts.sync.keep(count), id: `held/keep/${runId}` },
  ]);
}
