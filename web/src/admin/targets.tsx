import { TriangleAlert } from 'lucide-react';
import { Badge } from '../components/badge';
import { Card } from '../components/card';
import { type Column, Table } from '../components/table';
import { useTexts } from '../texts/texts';
import { useNumbers } from './numbers';
import { type OverviewQuery } from './overview.generated';
import { overviewTexts } from './overview-texts';

type Target = OverviewQuery['metrics']['targets'][number];

/** What should be reached beside what is. */
export function Targets({ targets }: { readonly targets: readonly Target[] }) {
  const words = useTexts(overviewTexts);
  const { percent } = useNumbers();
  const nameOf = (metric: string) =>
    metric in words && typeof words[metric as keyof typeof words] === 'string'
      ? (words[metric as keyof typeof words] as string)
      : metric;
  const columns: Column<Target>[] = [
    {
      key: 'metric',
      title: words.measure,
      cell: ({ metric, met }) => (
        <>
          {nameOf(metric)}
          <span className="mt-1 block sm:hidden">
            <Met met={met} />
          </span>
        </>
      ),
    },
    { key: 'is', title: words.is, numeric: true, cell: ({ value }) => (value === null ? '–' : percent(value)) },
    { key: 'target', title: words.shouldBe, numeric: true, cell: ({ target }) => percent(target) },
    {
      key: 'bar',
      title: words.compared,
      from: 'md',
      cell: ({ value, target, met }) => <Bar value={value ?? 0} target={target} isMet={met === true} />,
    },
    { key: 'met', title: words.result, from: 'sm', cell: ({ met }) => <Met met={met} /> },
  ];
  return (
    <Card title={words.targets}>
      <div className="px-4 pb-4 sm:px-6">
        <Table caption={words.targets} columns={columns} rows={targets} keyOf={({ metric }) => metric} />
      </div>
    </Card>
  );
}

function Met({ met }: { readonly met: boolean | null }) {
  const words = useTexts(overviewTexts);
  if (met === null) return <Badge tone="waiting">{words.notYet}</Badge>;
  return met ? (
    <Badge tone="joined">{words.reached}</Badge>
  ) : (
    <Badge tone="trouble" icon={TriangleAlert}>
      {words.missed}
    </Badge>
  );
}

/** From zero to all, with a mark where the target is. */
function Bar({ value, target, isMet }: { readonly value: number; readonly target: number; readonly isMet: boolean }) {
  return (
    <span aria-hidden className="relative block h-2 w-40 rounded-md bg-waiting-soft">
      <span
        className={`block h-full rounded-md ${isMet ? 'bg-joined' : 'bg-trouble'}`}
        style={{ width: `${Math.min(value, 1) * 100}%` }}
      />
      <span className="absolute -inset-y-1 w-0.5 bg-ink" style={{ left: `${Math.min(target, 1) * 100}%` }} />
    </span>
  );
}
