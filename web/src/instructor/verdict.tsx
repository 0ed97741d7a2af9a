import { type ComponentProps, type ReactNode } from 'react';
import { useAction } from '../api/data';
import { Banner } from '../components/banner';
import { Button } from '../components/button';
import { useErrorSentence } from '../components/error-state';
import { RelativeTime } from '../components/relative-time';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { CheckList } from './checklist';
import { type CourseServerFragment, recheckServer } from './course.generated';
import { type Course } from './course-shown';
import { type RosterCountsQuery } from './roster.generated';
import { cancelRun, type RunFragment } from './sync.generated';
import { type VerdictKind, verdictOf } from './verdict.policy';
import { verdictTexts } from './verdict-texts';

const LOOK: Record<VerdictKind, ComponentProps<typeof Banner>['kind']> = {
  ending: 'info',
  inactive: 'info',
  unreachable: 'danger',
  degraded: 'danger',
  unchecked: 'info',
  onTheWay: 'info',
  held: 'info',
  inStep: 'good',
};

/** Is it working? One sentence, the numbers behind it, and what to mend where something is missing. */
export function Verdict({
  server,
  stats,
  counts,
  runs,
  isStopped,
  onSync,
  onSettings,
}: {
  readonly server: CourseServerFragment;
  readonly stats: Course['stats'];
  readonly counts: RosterCountsQuery | undefined;
  readonly runs: readonly RunFragment[] | undefined;
  /** The stop switch is on for all servers. */
  readonly isStopped: boolean;
  readonly onSync: () => void;
  readonly onSettings: () => void;
}) {
  const words = useTexts(verdictTexts);
  const kind = verdictOf(
    server,
    counts?.onTheWay.totalCount ?? 0,
    runs?.some(({ status }) => status === 'AWAITING_CONFIRMATION') ?? false,
  );
  const isIll = kind === 'degraded' || kind === 'unreachable';
  return (
    <div className="space-y-3">
      <Banner
        kind={LOOK[kind]}
        title={
          <span role="status">
            {kind === 'onTheWay' ? words.onTheWay(counts?.onTheWay.totalCount ?? 0) : words[kind]}
          </span>
        }
        action={<VerdictAction kind={kind} server={server} onSync={onSync} onSettings={onSettings} />}
      >
        {kind === 'degraded' && <p>{words.degradedMeans}</p>}
        {kind === 'unreachable' && <p>{words.unreachableMeans}</p>}
        {kind === 'inactive' && <p>{words.inactiveMeans}</p>}
        {kind === 'ending' && <p>{words.endingMeans}</p>}
        <Numbers stats={stats} counts={counts} runs={runs} />
        {(isStopped || server.removalsPaused) && (
          <p className="font-medium text-ink">{isStopped ? words.stoppedEverywhere : words.stopped}</p>
        )}
      </Banner>
      {isIll && (
        <div className="px-4 sm:px-6">
          <CheckList checks={server.preflight.checks.filter(({ passed }) => !passed)} isLive />
        </div>
      )}
    </div>
  );
}

function Numbers({
  stats,
  counts,
  runs,
}: {
  readonly stats: Course['stats'];
  readonly counts: RosterCountsQuery | undefined;
  readonly runs: readonly RunFragment[] | undefined;
}) {
  const words = useTexts(verdictTexts);
  const need = counts ? counts.pending.totalCount + counts.invited.totalCount : 0;
  const joined = counts?.joined.totalCount ?? stats.joined;
  const last = runs?.find(({ startedAt }) => startedAt !== null);
  const parts: ReactNode[] = [
    ...(stats.enrolled === 0 ? [words.nobody] : []),
    ...(stats.enrolled > 0 || joined > 0 ? [words.inServer(joined, stats.enrolled)] : []),
  ];
  if (need > 0) parts.push(words.need(need));
  if (last?.startedAt)
    parts.push(
      <>
        {words.checked} <RelativeTime at={last.startedAt} /> {words.withCalls(last.apiCalls)}
      </>,
    );
  return (
    <p>
      {parts.map((part, index) => (
        <span key={index}>
          {index > 0 && ' · '}
          {part}
        </span>
      ))}
    </p>
  );
}

function VerdictAction({
  kind,
  server,
  onSync,
  onSettings,
}: {
  readonly kind: VerdictKind;
  readonly server: CourseServerFragment;
  readonly onSync: () => void;
  readonly onSettings: () => void;
}) {
  const words = useTexts(verdictTexts);
  const sentence = useErrorSentence();
  const { mutate, isPending } = useAction(recheckServer);
  const cancel = useAction(cancelRun);
  switch (kind) {
    case 'ending':
      return (
        <Button
          busy={cancel.isPending}
          onClick={() =>
            cancel.mutate({ id: server.deletion?.id ?? '' }, { onError: (error) => toast('bad', sentence(error)) })
          }
        >
          {words.cancelEnding}
        </Button>
      );
    case 'inactive':
      return <Button onClick={onSettings}>{words.settings}</Button>;
    case 'unreachable':
    case 'degraded':
    case 'unchecked':
      return (
        <Button
          busy={isPending}
          onClick={() => mutate({ id: server.id }, { onError: (error) => toast('bad', sentence(error)) })}
        >
          {words.recheck}
        </Button>
      );
    case 'onTheWay':
    case 'held':
    case 'inStep':
      return <Button onClick={onSync}>{words.sync}</Button>;
  }
}
