import { useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useState } from 'react';
import { useData } from '../api/data';
import { useLive } from '../api/live';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { PageTitle } from '../shell/page-title';
import { useTexts } from '../texts/texts';
import { Charts, Funnel } from './charts/overview-charts';
import { overview, serverHealth } from './overview.generated';
import { overviewTexts } from './overview-texts';
import { anHourAgo, type Range, RANGES, sinceOf } from './range.policy';
import { Stream } from './stream';
import { Targets } from './targets';
import { Tiles } from './tiles';
import { Troubled } from './troubled';
import { Verdict } from './verdict';

/** How often the figures are asked again, milliseconds. */
const AGAIN = 30_000;

/** `/admin`: is it working? Then how well, and what happens just now. */
export function OverviewPage() {
  const words = useTexts(overviewTexts);
  const queries = useQueryClient();
  const [range, setRange] = useState<Range>('MONTH');
  const { bucket } = RANGES[range];
  const now = Date.now();
  const variables = { since: sinceOf(range, now), lastHour: anHourAgo(now), bucket };
  const { data, error, refetch } = useData(overview, variables, { refetchInterval: AGAIN });
  useLive(
    serverHealth,
    { after: data ? (data.newest.nodes[0]?.seq ?? '0') : null },
    () => null,
    () => void queries.invalidateQueries({ queryKey: [overview.name] }),
  );
  return (
    <div className="space-y-8">
      <PageTitle title={words.title} />
      {data && (
        <>
          <Verdict data={data} />
          <Troubled servers={data.troubled.nodes} />
          <RangeChoice range={range} onChange={setRange} />
          <Tiles metrics={data.metrics} />
          <Funnel funnel={data.metrics.funnel} />
          <Charts series={data.metrics.series} bucket={bucket} />
        </>
      )}
      {!data && error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={6} />}
      <Stream />
      {data && <Targets targets={data.metrics.targets} />}
    </div>
  );
}

function RangeChoice({ range, onChange }: { readonly range: Range; readonly onChange: (range: Range) => void }) {
  const words = useTexts(overviewTexts);
  return (
    <div role="group" aria-label={words.range} className="flex flex-wrap gap-1">
      {(Object.keys(RANGES) as Range[]).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === range}
          className={clsx(
            'min-h-11 rounded-md px-3 sm:min-h-10',
            each === range ? 'bg-accent-soft font-medium text-accent' : 'text-ink-soft hover:bg-surface hover:text-ink',
          )}
          onClick={() => onChange(each)}
        >
          {words[each]}
        </button>
      ))}
    </div>
  );
}
