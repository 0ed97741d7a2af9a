import { clsx } from 'clsx';
import { useTexts } from '../texts/texts';
import { Charts, Funnel } from './charts/overview-charts';
import { type OverviewQuery } from './overview.generated';
import { overviewTexts } from './overview-texts';
import { type Range, RANGES } from './range.policy';
import { Tiles } from './tiles';

/** How well it goes in the time that is chosen: figures, funnel and series. */
export function Figures({
  metrics,
  range,
  onRange,
}: {
  readonly metrics: OverviewQuery['metrics'];
  readonly range: Range;
  readonly onRange: (range: Range) => void;
}) {
  return (
    <>
      <RangeChoice range={range} onChange={onRange} />
      <Tiles metrics={metrics} />
      <Funnel funnel={metrics.funnel} />
      <Charts series={metrics.series} bucket={RANGES[range].bucket} />
    </>
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
