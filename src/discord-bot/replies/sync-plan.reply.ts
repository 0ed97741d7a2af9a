import { explain } from '../../membership/explanation.policy';
import { isOfFormerAccount, type SyncActionType } from '../../membership/sync-plan.policy';
import { type PlanLine, type SyncPlanRow } from '../../membership/sync-plans';
import { plainName } from '../../membership/welcome.policy';
import { type Visitor } from '../visitor';
import { heldButtons, heldFields, type HeldRemovals } from './held-removals';
import { fitted, type Reply } from './reply';

/** The most people whom a plan names. */
const MAX_NAMED = 10;
const CHANGES = ['ADD', 'INVITE', 'GRANT_ROLE', 'REVOKE_ROLE', 'KICK'] as const satisfies SyncActionType[];

/** A course's plan with everything that it is shown with. */
export interface ShownPlan {
  readonly courseId: string;
  readonly course: string;
  readonly plans: readonly SyncPlanRow[];
  /** The servers' names, by id. */
  readonly servers: ReadonlyMap<string, string>;
  /** The students' names, by user id. */
  readonly names: ReadonlyMap<string, string | null>;
  readonly held: readonly HeldRemovals[];
}

/** What a sync would do, before anything is done. */
export function syncPlanReply(shown: ShownPlan, visitor: Visitor): Reply {
  const { sync, cancel } = visitor.texts;
  const { courseId, plans, held } = shown;
  const all = plans.flatMap(({ lines }) => lines.filter(({ action }) => action !== 'NONE'));
  // What waits already is not what a sync would do: it is decided on its own, below.
  const changes = held.length > 0 ? all.filter(isNew) : all;
  const course = plainName(shown.course);
  const rest = held.length > 0 ? sync.onlyHeld : sync.nothingToDo;
  const apply = { label: sync.apply, id: `sync/apply/${courseId}`, style: 'primary' } as const;
  return {
    headline: changes.length > 0 ? sync.plan(course, changes.length) : rest(course),
    tone: held.length > 0 ? 'warning' : changes.length > 0 ? 'plain' : 'good',
    fields: [
      ...plans.map((plan) => ({
        name: plainName(shown.servers.get(plan.guildId) ?? plan.guildId),
        value: fitted(MAX_NAMED, (named) => linesOf(plan, named, shown, visitor)),
      })),
      ...heldFields(held, visitor),
    ],
    buttons: [...(changes.length > 0 ? [apply, { label: cancel, id: 'cancel' }] : []), ...heldButtons(held, visitor)],
  };
}

function isNew({ action, reason }: PlanLine): boolean {
  return action === 'NONE' || reason !== 'REMOVAL_HELD';
}

function linesOf(plan: SyncPlanRow, most: number, shown: ShownPlan, visitor: Visitor): string[] {
  const { sync } = visitor.texts;
  // Whoever waits is named beside the question about them.
  const lines = shown.held.length > 0 ? plan.lines.filter(isNew) : plan.lines;
  const counts = CHANGES.filter((action) => count(plan, action) > 0).map((action) =>
    sync.action[action](count(plan, action)),
  );
  const named = lines.slice(0, most).map((line) => lineOf(line, plan, shown, visitor));
  const more = lines.length - named.length;
  return [
    ...counts,
    sync.unchanged(plan.unchanged),
    sync.cost(plan.calls),
    ...(plan.held && shown.held.length === 0 ? [sync.brake] : []),
    ...(named.length > 0 ? ['', ...named] : []),
    ...(more > 0 ? [sync.more(more)] : []),
  ];
}

function lineOf({ userId, action, reason, keptBy }: PlanLine, plan: SyncPlanRow, shown: ShownPlan, visitor: Visitor) {
  const { language, texts } = visitor;
  const name = plainName(shown.names.get(userId) ?? userId);
  if (action === 'NONE') {
    const server = plainName(shown.servers.get(plan.guildId) ?? plan.guildId);
    return `${name}: ${explain(reason, { server, course: plainName(shown.course) }, language, 'they')}`;
  }
  const isForAnother =
    reason === 'STILL_ENROLLED_ELSEWHERE' || (keptBy !== null && keptBy.id !== shown.courseId && action !== 'KICK');
  const another = keptBy === null ? texts.anotherCourse : `“${plainName(keptBy.title)}”`;
  return [
    texts.sync.line[action](name),
    ...(isForAnother ? [texts.sync.keptBy(another)] : []),
    ...(isOfFormerAccount({ action, reason }) ? [texts.sync.formerAccount] : []),
    ...(reason === 'REMOVAL_HELD' ? [texts.sync.needsConfirmation] : []),
  ].join(', ');
}

function count({ lines }: SyncPlanRow, wanted: SyncActionType): number {
  return lines.filter(({ action }) => action === wanted).length;
}
