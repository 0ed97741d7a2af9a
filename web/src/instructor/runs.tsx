import { RelativeTime } from '../components/relative-time';
import { Table } from '../components/table';
import { useTexts } from '../texts/texts';
import { canBeUndone, changesOf } from './run.policy';
import { type RunFragment } from './sync.generated';
import { syncTexts } from './sync-texts';
import { UndoButton } from './undo-button';

/** The latest runs: what each did, what it cost, and the way back. */
export function Runs({ runs }: { readonly runs: readonly RunFragment[] }) {
  const words = useTexts(syncTexts);
  return (
    <section aria-labelledby="course-runs">
      <h2 id="course-runs" className="text-base font-semibold">
        {words.runs}
      </h2>
      <p className="mb-3 text-ink-soft">{runs.length === 0 ? words.noRuns : words.runsHint}</p>
      {runs.length > 0 && (
        <Table
          caption={words.runs}
          rows={runs}
          keyOf={({ id }) => id}
          columns={[
            {
              key: 'when',
              title: words.when,
              cell: ({ finishedAt, startedAt, requestedBy, status }) => (
                <>
                  {(finishedAt ?? startedAt) !== null && <RelativeTime at={finishedAt ?? startedAt ?? ''} />}
                  <span className="block text-ink-faint">{requestedBy === null ? words.bySelf : words.byPerson}</span>
                  <span className="block sm:hidden">{words[status]}</span>
                </>
              ),
            },
            { key: 'how', title: words.how, from: 'sm', cell: ({ status }) => words[status] },
            {
              key: 'what',
              title: words.what,
              cell: (run) => (
                <>
                  {changesOf(run, words) || <span className="text-ink-faint">{words.nothingDone}</span>}
                  {run.error !== null && <span className="block text-ink-soft">{run.error}</span>}
                </>
              ),
            },
            { key: 'calls', title: words.calls, numeric: true, from: 'md', cell: ({ apiCalls }) => apiCalls },
            {
              key: 'undo',
              title: words.undo,
              cell: (run) => (canBeUndone(run, Date.now()) ? <UndoButton run={run} /> : null),
            },
          ]}
        />
      )}
    </section>
  );
}
