import { clsx } from 'clsx';
import { Pause, Play, Radio } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { type MembershipStatus } from '../api/enums.generated';
import { useData } from '../api/data';
import { useLive } from '../api/live';
import { StatusBadge } from '../components/badge';
import { Button } from '../components/button';
import { Card } from '../components/card';
import { EmptyState } from '../components/empty-state';
import { ErrorState } from '../components/error-state';
import { RelativeTime } from '../components/relative-time';
import { SkeletonRows } from '../components/skeleton';
import { useTexts } from '../texts/texts';
import { adminTexts } from './admin-texts';
import { choices } from './choices.policy';
import { ChoiceField } from './field';
import { membershipChanges, recentLog } from './stream.generated';
import { type Change, fits, type StreamFilter, withChange } from './stream.policy';
import { streamTexts } from './stream-texts';

const STATUSES = ['PENDING', 'INVITED', 'JOINED', 'LEFT', 'REMOVED'] as const satisfies readonly MembershipStatus[];

/** Every change of a membership, beginning with the latest that were before. */
export function Stream() {
  const { data, error, refetch } = useData(recentLog, {});
  const words = useTexts(streamTexts);
  const seqs = data?.auditLog.nodes.map(({ seq }) => seq);
  if (seqs) return <Following from={seqs.at(-1) ?? '0'} newest={seqs[0] ?? '0'} />;
  return (
    <Card title={words.title}>
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows rows={4} />}
    </Card>
  );
}

/** @param from behind which entry of the log to begin @param newest what came after it came just now */
function Following({ from, newest }: { readonly from: string; readonly newest: string }) {
  const words = useTexts(streamTexts);
  const [before] = useState(() => BigInt(newest));
  const [changes, setChanges] = useState<readonly Change[]>([]);
  const [isPaused, setPaused] = useState(false);
  const [filter, setFilter] = useState<StreamFilter>({ courseId: '', guildId: '', status: '' });
  // Paused, nothing is followed; then it goes on behind the last change that was told, so that none is missed.
  // Everything is followed whatever is looked for: what is filtered out now is there when the filter is taken off.
  useLive(
    membershipChanges,
    { after: isPaused ? null : (changes[0]?.seq ?? from) },
    ({ membershipChanged }) => membershipChanged.seq,
    ({ membershipChanged }) => setChanges((all) => withChange(all, membershipChanged)),
  );
  const shown = changes.filter((change) => fits(filter, change));
  return (
    <Card
      title={words.title}
      aside={
        <Button onClick={() => setPaused(!isPaused)}>
          {isPaused ? <Play aria-hidden className="size-4" /> : <Pause aria-hidden className="size-4" />}
          {isPaused ? words.resume : words.pause}
        </Button>
      }
    >
      <p role="status" className="px-4 text-ink-soft sm:px-6">
        {isPaused ? words.paused : words.hint}
      </p>
      <Filters changes={changes} filter={filter} onChange={setFilter} />
      {shown.length === 0 ? (
        <EmptyState icon={Radio} title={isPaused ? words.pause : words.live}>
          {changes.length === 0 ? words.empty : words.noneFits}
        </EmptyState>
      ) : (
        <ol tabIndex={0} aria-label={words.title} className="max-h-96 overflow-y-auto -outline-offset-2">
          {shown.map((change) => (
            <Row key={change.seq} change={change} isNew={BigInt(change.seq) > before} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function Filters({
  changes,
  filter,
  onChange,
}: {
  readonly changes: readonly Change[];
  readonly filter: StreamFilter;
  readonly onChange: (filter: StreamFilter) => void;
}) {
  const words = useTexts(streamTexts);
  const shared = useTexts(adminTexts);
  return (
    <div className="grid gap-3 px-4 py-4 sm:grid-cols-3 sm:px-6">
      <ChoiceField
        label={shared.course}
        all={words.anyCourse}
        value={filter.courseId}
        options={choices(changes.map(({ membership: { course } }) => [course.id, course.title] as const))}
        onChange={(courseId) => onChange({ ...filter, courseId })}
      />
      <ChoiceField
        label={shared.server}
        all={words.anyServer}
        value={filter.guildId}
        options={choices(changes.map(({ membership }) => [membership.guildId, membership.guildName] as const))}
        onChange={(guildId) => onChange({ ...filter, guildId })}
      />
      <ChoiceField
        label={words.status}
        all={words.anyStatus}
        value={filter.status}
        options={STATUSES.map((status) => [status, words[status]] as const)}
        onChange={(status) => onChange({ ...filter, status })}
      />
    </div>
  );
}

function Row({ change, isNew }: { readonly change: Change; readonly isNew: boolean }) {
  const words = useTexts(streamTexts);
  const shared = useTexts(adminTexts);
  const { membership, status, previousStatus, reason, at } = change;
  return (
    <li
      className={clsx(
        'flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2 sm:px-6',
        isNew && 'animate-glow',
      )}
    >
      <StatusBadge status={status} reason={reason} />
      <Link
        to={`/admin/people?q=${membership.student.id}`}
        className="font-medium underline decoration-line-strong underline-offset-3 hover:text-accent"
      >
        {membership.student.displayName ?? shared.nobody}
      </Link>
      <span className="min-w-0 text-ink-soft">
        {membership.course.title} · {membership.guildName} ·{' '}
        {previousStatus === null ? words.isNew : words.was(words[previousStatus])}
      </span>
      <span className="ml-auto text-ink-faint">
        <RelativeTime at={at} />
      </span>
    </li>
  );
}
