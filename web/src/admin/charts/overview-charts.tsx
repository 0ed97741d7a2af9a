import { type MetricsBucket } from '../../api/enums.generated';
import { type Column } from '../../components/table';
import { useLanguage } from '../../texts/language';
import { useTexts } from '../../texts/texts';
import { chartTexts } from '../chart-texts';
import { pointName, useNumbers } from '../numbers';
import { type OverviewQuery } from '../overview.generated';
import { ChartCard } from './chart-card';
import { FunnelChart, type Step } from './funnel-chart';
import { type Value } from './scale.policy';
import { type Line, TimeChart } from './time-chart';

type Point = OverviewQuery['metrics']['series'][number];

const STEPS = [
  ['enrolled', 'bg-accent'],
  ['linked', 'bg-accent'],
  ['invited', 'bg-invited'],
  ['joined', 'bg-joined'],
  ['stayed7Days', 'bg-joined'],
  ['stayed30Days', 'bg-joined'],
] as const;

/** How far those have come who are enrolled. */
export function Funnel({ funnel }: { readonly funnel: OverviewQuery['metrics']['funnel'] }) {
  const words = useTexts(chartTexts);
  const { count, percent } = useNumbers();
  const share = (value: number) => percent(funnel.enrolled === 0 ? 0 : value / funnel.enrolled);
  const steps: Step[] = STEPS.map(([key, look]) => ({
    key,
    name: words[key],
    count: funnel[key],
    told: words.ofAll(count(funnel[key]), share(funnel[key])),
    look,
  }));
  const columns: Column<Step>[] = [
    { key: 'step', title: words.step, cell: ({ name }) => name },
    { key: 'people', title: words.people, numeric: true, cell: (step) => count(step.count) },
    { key: 'share', title: words.share, numeric: true, cell: (step) => share(step.count) },
  ];
  return (
    <ChartCard title={words.funnel} hint={words.funnelHint} columns={columns} rows={steps} keyOf={({ key }) => key}>
      <FunnelChart label={words.funnel} steps={steps} />
    </ChartCard>
  );
}

/** The four series. */
export function Charts({ series, bucket }: { readonly series: readonly Point[]; readonly bucket: MetricsBucket }) {
  const words = useTexts(chartTexts);
  const { count, duration } = useNumbers();
  const line = (name: string, value: (point: Point) => Value, look: string, dash?: string): Line => ({
    name,
    values: series.map(value),
    look,
    ...(dash === undefined ? {} : { dash }),
  });
  const common = { series, bucket };
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <Series
        {...common}
        title={words.moves}
        hint={words.movesHint}
        write={count}
        lines={[
          line(words.in, ({ joined }) => joined, 'text-joined'),
          line(words.left, ({ left }) => left, 'text-gone', '6 3'),
          line(words.removed, ({ removed }) => removed, 'text-waiting', '2 3'),
        ]}
      />
      <Series
        {...common}
        title={words.wait}
        hint={words.waitHint}
        write={duration}
        lines={[
          line(words.half, ({ timeToRoleP50 }) => timeToRoleP50, 'text-accent'),
          line(words.most, ({ timeToRoleP95 }) => timeToRoleP95, 'text-ink-soft', '6 3'),
        ]}
      />
      <Series
        {...common}
        title={words.calls}
        hint={words.callsHint}
        write={count}
        lines={[
          line(words.asked, ({ apiCalls }) => apiCalls, 'text-accent'),
          line(words.failed, ({ failedCalls }) => failedCalls, 'text-danger', '6 3'),
        ]}
      />
      <Series
        {...common}
        title={words.queue}
        hint={words.queueHint}
        write={count}
        lines={[line(words.waiting, ({ queueDepth }) => queueDepth, 'text-accent')]}
      />
    </div>
  );
}

function Series({
  series,
  bucket,
  title,
  hint,
  lines,
  write,
}: {
  readonly series: readonly Point[];
  readonly bucket: MetricsBucket;
  readonly title: string;
  readonly hint: string;
  readonly lines: readonly Line[];
  readonly write: (value: number) => string;
}) {
  const words = useTexts(chartTexts);
  const language = useLanguage();
  const rows = series.map(({ at }, index) => ({ at, index, name: pointName(at, bucket, language) }));
  const columns: Column<(typeof rows)[number]>[] = [
    { key: 'at', title: words.time, cell: ({ name }) => name },
    ...lines.map(({ name, values }) => ({
      key: name,
      title: name,
      numeric: true,
      cell: ({ index }: { readonly index: number }) => {
        const value = values[index] ?? null;
        return value === null ? '–' : write(value);
      },
    })),
  ];
  return (
    <ChartCard title={title} hint={hint} columns={columns} rows={[...rows].reverse()} keyOf={({ at }) => at}>
      <TimeChart label={title} points={rows.map(({ name }) => name)} lines={lines} write={write} none={words.none} />
    </ChartCard>
  );
}
