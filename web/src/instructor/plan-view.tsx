import { ArrowRight, type LucideIcon, Mail, Minus, Plus, ShieldMinus, ShieldPlus } from 'lucide-react';
import { type SyncActionType } from '../api/enums.generated';
import { Banner } from '../components/banner';
import { RelativeTime } from '../components/relative-time';
import { useTexts } from '../texts/texts';
import {
  costOf,
  groupsOf,
  isOfFormerAccount,
  keeperOf,
  keptBy,
  type Plan,
  type PlanGroup,
  secondsFor,
} from './plan.policy';
import { reasonTexts } from './reason-texts';
import { type RunFragment } from './sync.generated';
import { syncTexts } from './sync-texts';

const ICONS: Record<SyncActionType, readonly [LucideIcon, string]> = {
  ADD: [Plus, 'text-joined'],
  INVITE: [Mail, 'text-invited'],
  KICK: [Minus, 'text-danger'],
  GRANT_ROLE: [ShieldPlus, 'text-joined'],
  REVOKE_ROLE: [ShieldMinus, 'text-danger'],
  NONE: [ArrowRight, 'text-ink-faint'],
};

/** A plan as a diff: one sentence, then each group with everybody in it and why. */
export function PlanView({
  plan,
  runs,
}: {
  readonly plan: Plan;
  /** The latest runs, whose pace tells how long this one takes. */
  readonly runs: readonly RunFragment[];
}) {
  const words = useTexts(syncTexts);
  const groups = groupsOf(plan);
  const calls = costOf(plan);
  const seconds = secondsFor(calls, runs);
  const summary = [
    ...groups.filter(({ action }) => action !== 'NONE').map(({ action, count }) => words[action](count)),
    ...keptBy(plan).map(({ title, count }) => words.keptBy(count, title)),
  ];
  return (
    <div className="space-y-4">
      <div>
        <p className="text-base font-medium">{summary.length === 0 ? words.nothing : summary.join(' · ')}</p>
        <p className="text-ink-soft">
          {summary.length === 0 ? words.nothingMeans(plan.unchanged) : words.unchanged(plan.unchanged)}
          {summary.length > 0 && ` · ${words.cost(calls)}`}
          {summary.length > 0 && seconds !== null && `, ${words.takes(seconds)}`} · {words.asked}{' '}
          <RelativeTime at={plan.computedAt} />
        </p>
      </div>
      {plan.held && <Banner kind="trouble" title={words.held} />}
      {groups.map((group) => (
        <Group key={group.action} group={group} />
      ))}
    </div>
  );
}

function Group({ group: { action, count, lines } }: { readonly group: PlanGroup }) {
  const words = useTexts(syncTexts);
  const reasons = useTexts(reasonTexts);
  const [Icon, look] = ICONS[action];
  return (
    <details open={count <= 20} className="border-t border-line pt-3">
      <summary className="flex min-h-10 list-none items-center gap-2 font-medium">
        <Icon aria-hidden className={`size-4 ${look}`} />
        {words[action](count)}
      </summary>
      <ul className="mt-1">
        {lines.map((line, at) => {
          const keeper = keeperOf(line);
          const why = isOfFormerAccount(line) ? words.formerAccount : reasons[line.reason];
          return (
            <li
              key={`${line.student.id} ${line.discordUserId ?? ''} ${at}`}
              className="flex flex-wrap justify-between gap-x-6 py-1 pl-6"
            >
              <span>{line.student.displayName ?? words.nameless}</span>
              <span className="text-ink-soft">{keeper === null ? why : words.because(keeper)}</span>
            </li>
          );
        })}
        {count > lines.length && <li className="py-1 pl-6 text-ink-soft">{words.andMore(count - lines.length)}</li>}
      </ul>
    </details>
  );
}
