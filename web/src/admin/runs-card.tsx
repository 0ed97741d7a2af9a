import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { type SyncRunStatus } from '../api/enums.generated';
import { useAction, useData } from '../api/data';
import { Badge, type Tone } from '../components/badge';
import { Button } from '../components/button';
import { Card } from '../components/card';
import { ConfirmDialog } from '../components/dialog';
import { EmptyState } from '../components/empty-state';
import { ErrorState, useErrorSentence } from '../components/error-state';
import { RelativeTime } from '../components/relative-time';
import { SkeletonRows } from '../components/skeleton';
import { type Column, Table } from '../components/table';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { adminTexts } from './admin-texts';
import { ChoiceField } from './field';
import { useNumbers } from './numbers';
import { useNames } from './use-names';
import { cancelRun, confirmRun, runs, type RunsQuery } from './work.generated';
import { runStatusTexts, workTexts } from './work-texts';

type Run = RunsQuery['syncRuns'][number];

/** Which run somebody is about to decide, and how. */
interface Asked {
  readonly id: string;
  readonly decision: 'confirm' | 'cancel';
}

const TONES: Record<SyncRunStatus, Tone> = {
  QUEUED: 'waiting',
  RUNNING: 'waiting',
  AWAITING_CONFIRMATION: 'trouble',
  SUCCEEDED: 'joined',
  FAILED: 'trouble',
  CANCELLED: 'removed',
};
const STATUSES = Object.keys(TONES) as SyncRunStatus[];
/** How often it is asked again, milliseconds: a run takes seconds. */
const AGAIN = 5_000;

/** The syncs, those that wait for a decision first. */
export function RunsCard() {
  const words = useTexts(workTexts);
  const shared = useTexts(adminTexts);
  const statuses = useTexts(runStatusTexts);
  const [status, setStatus] = useState<SyncRunStatus | ''>('');
  const [asked, setAsked] = useState<Asked | null>(null);
  const { data, error, refetch } = useData(
    runs,
    { status: status === '' ? null : [status] },
    { refetchInterval: AGAIN },
  );
  const held = (run: Run) => Number(run.status === 'AWAITING_CONFIRMATION');
  const rows = data && [...data.syncRuns].sort((a, b) => held(b) - held(a));
  return (
    <Card title={words.runs}>
      <div className="px-4 pb-4 sm:px-6">
        <ChoiceField
          className="mb-4 max-w-64"
          label={shared.state}
          all={shared.all}
          value={status}
          options={STATUSES.map((each) => [each, statuses[each]] as const)}
          onChange={setStatus}
        />
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!rows && !error && <SkeletonRows rows={4} />}
        {rows?.length === 0 && (
          <EmptyState icon={RefreshCw} title={status === '' ? words.noRuns : words.noRunsFit}>
            {words.noRunsMeans}
          </EmptyState>
        )}
        {rows && rows.length > 0 && <Runs rows={rows} onAsk={setAsked} />}
        <Decision asked={asked} onClose={() => setAsked(null)} />
      </div>
    </Card>
  );
}

function Runs({ rows, onAsk }: { readonly rows: readonly Run[]; readonly onAsk: (asked: Asked) => void }) {
  const words = useTexts(workTexts);
  const shared = useTexts(adminTexts);
  const statuses = useTexts(runStatusTexts);
  const { courseNames, serverNames } = useNames();
  const { count } = useNumbers();
  const state = (run: Run) => (
    <>
      <Badge tone={TONES[run.status]}>{statuses[run.status]}</Badge>
      {run.status === 'AWAITING_CONFIRMATION' && (
        <span className="mt-2 flex flex-wrap gap-2">
          <Button look="danger" onClick={() => onAsk({ id: run.id, decision: 'confirm' })}>
            {words.confirm}
          </Button>
          <Button onClick={() => onAsk({ id: run.id, decision: 'cancel' })}>{words.cancel}</Button>
        </span>
      )}
      {run.error !== null && <span className="block max-w-72 text-ink-soft">{run.error}</span>}
    </>
  );
  const changes = (run: Run) =>
    (['added', 'invited', 'removed', 'roleChanges', 'failed'] as const)
      .filter((what) => run[what] > 0)
      .map((what) => words[what](count(run[what])))
      .join(' · ');
  const columns: Column<Run>[] = [
    {
      key: 'server',
      title: shared.server,
      cell: (run) => (
        <>
          {serverNames.get(run.guildId) ?? run.guildId}
          <span className="block text-ink-soft">
            {run.courseId === null ? (
              words.everyCourse
            ) : (
              <Link to={`/courses/${run.courseId}/discord`} className="underline underline-offset-3">
                {courseNames.get(run.courseId) ?? shared.course}
              </Link>
            )}
          </span>
          <span className="mt-2 block sm:hidden">{state(run)}</span>
        </>
      ),
    },
    { key: 'state', title: shared.state, from: 'sm', cell: state },
    {
      key: 'did',
      title: words.did,
      from: 'md',
      cell: (run) => (
        <>
          {words.progress(count(run.done), count(run.total))}
          <span className="block text-ink-soft">
            {changes(run)}
            {run.status === 'AWAITING_CONFIRMATION' && words.nothingYet}
            {run.status === 'SUCCEEDED' && changes(run) === '' && words.nothing}
          </span>
        </>
      ),
    },
    { key: 'calls', title: words.calls, from: 'lg', numeric: true, cell: ({ apiCalls }) => count(apiCalls) },
    {
      key: 'when',
      title: shared.when,
      from: 'sm',
      cell: ({ finishedAt, startedAt }) => {
        const at = finishedAt ?? startedAt;
        return at === null ? '–' : <RelativeTime at={at} />;
      },
    },
  ];
  return <Table caption={words.runs} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}

/** Asks before it decides what becomes of those whom a run holds. Stands above the runs: one that is decided goes. */
function Decision({ asked, onClose }: { readonly asked: Asked | null; readonly onClose: () => void }) {
  const words = useTexts(workTexts);
  const sentence = useErrorSentence();
  const confirm = useAction(confirmRun);
  const cancel = useAction(cancelRun);
  const isConfirm = asked?.decision === 'confirm';
  const decide = () => {
    if (!asked) return;
    (isConfirm ? confirm : cancel).mutate(
      { id: asked.id },
      {
        onSuccess: () => {
          onClose();
          toast('good', words.done);
        },
        onError: (error) => toast('bad', sentence(error)),
      },
    );
  };
  return (
    <ConfirmDialog
      open={asked !== null}
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={isConfirm ? words.confirmTitle : words.cancelTitle}
      confirm={isConfirm ? words.confirm : words.cancel}
      dangerous={isConfirm}
      busy={confirm.isPending || cancel.isPending}
      onConfirm={decide}
    >
      <p>{isConfirm ? words.confirmMeans : words.cancelMeans}</p>
    </ConfirmDialog>
  );
}
