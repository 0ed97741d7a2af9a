import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { askAgain, useAction, useData } from '../api/data';
import { useLive } from '../api/live';
import { Banner } from '../components/banner';
import { Button } from '../components/button';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { changesOf } from './run.policy';
import { cancelRun, oneRun, type RunFragment, runProgressed } from './sync.generated';
import { syncTexts } from './sync-texts';
import { UndoButton } from './undo-button';

/** A run from its start to its result, as it goes; and back again. */
export function RunProgress({ started }: { readonly started: RunFragment }) {
  const words = useTexts(syncTexts);
  const queries = useQueryClient();
  const [heard, setHeard] = useState<RunFragment | null>(null);
  const [undoing, setUndoing] = useState<RunFragment | null>(null);
  useLive(
    runProgressed,
    { id: started.id, after: '' },
    () => null,
    ({ syncRunProgressed }) => {
      setHeard(syncRunProgressed);
      if (syncRunProgressed.finishedAt !== null) void askAgain(queries);
    },
  );
  // A stream that was cut, and a decision made elsewhere, are asked for.
  const { data } = useData(oneRun, { id: started.id });
  const asked = data?.syncRun ?? started;
  const run = heard && (asked.finishedAt === null || heard.finishedAt !== null) ? heard : asked;
  if (undoing) return <RunProgress key={undoing.id} started={undoing} />;
  switch (run.status) {
    case 'QUEUED':
    case 'RUNNING':
      return <Running run={run} />;
    case 'AWAITING_CONFIRMATION':
      return <Banner kind="trouble" title={words.waits} />;
    case 'CANCELLED':
      return <Result run={run} kind="info" title={words.cancelled} onUndone={setUndoing} />;
    case 'FAILED':
      return <Result run={run} kind="danger" title={words.failed} onUndone={setUndoing} />;
    case 'SUCCEEDED':
      return (
        <Result
          run={run}
          kind="good"
          title={changesOf(run, words) === '' ? words.doneNothing : words.done}
          onUndone={setUndoing}
        />
      );
  }
}

function Running({ run }: { readonly run: RunFragment }) {
  const words = useTexts(syncTexts);
  const sentence = useErrorSentence();
  const { mutate, isPending } = useAction(cancelRun);
  const share = run.total === 0 ? 0 : run.done / run.total;
  return (
    <div className="space-y-3">
      <div
        role="progressbar"
        aria-label={words.applying}
        aria-valuemin={0}
        aria-valuemax={Math.max(run.total, 1)}
        aria-valuenow={run.done}
        className="h-2 overflow-hidden rounded-full bg-waiting-soft"
      >
        <div className="h-full rounded-full bg-accent transition-all" style={{ width: `${share * 100}%` }} />
      </div>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p role="status" className="tabular-nums">
          {run.status === 'QUEUED' ? words.queued : words.progress(run.done, run.total)}
          {run.etaSeconds !== null && <span className="text-ink-soft"> · {words.eta(run.etaSeconds)}</span>}
          {run.error !== null && <span className="block text-ink-soft">{run.error}</span>}
        </p>
        <Button
          busy={isPending}
          onClick={() => mutate({ id: run.id }, { onError: (error) => toast('bad', sentence(error)) })}
        >
          {words.stop}
        </Button>
      </div>
    </div>
  );
}

function Result({
  run,
  kind,
  title,
  onUndone,
}: {
  readonly run: RunFragment;
  readonly kind: 'good' | 'info' | 'danger';
  readonly title: string;
  readonly onUndone: (run: RunFragment) => void;
}) {
  const words = useTexts(syncTexts);
  const changes = changesOf(run, words);
  return (
    <div role="status">
      <Banner
        kind={kind}
        title={title}
        action={run.removed > 0 ? <UndoButton run={run} onUndone={onUndone} /> : undefined}
      >
        {changes !== '' && `${changes}. `}
        {words.result(run.apiCalls)}
        {run.error !== null && ` ${run.error}`}
      </Banner>
    </div>
  );
}
