import { ChartLine, Table2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Card } from '../../components/card';
import { type Column, Table } from '../../components/table';
import { texts, useTexts } from '../../texts/texts';

const cardTexts = texts(
  { table: (title: string) => `${title}: as a table`, chart: (title: string) => `${title}: as a chart` },
  { table: (title) => `${title}: sebagai tabel`, chart: (title) => `${title}: sebagai grafik` },
);

/** A chart, and the same figures as a table at one press. */
export function ChartCard<Row>({
  title,
  hint,
  columns,
  rows,
  keyOf,
  children,
}: {
  readonly title: string;
  readonly hint: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly children: ReactNode;
}) {
  const words = useTexts(cardTexts);
  const [isTable, setTable] = useState(false);
  const Icon = isTable ? ChartLine : Table2;
  const label = isTable ? words.chart(title) : words.table(title);
  return (
    <Card
      title={title}
      aside={
        <button
          type="button"
          aria-label={label}
          title={label}
          className="grid size-11 shrink-0 place-items-center rounded-md text-ink-soft hover:bg-surface hover:text-ink sm:size-10"
          onClick={() => setTable(!isTable)}
        >
          <Icon aria-hidden className="size-4" />
        </button>
      }
    >
      <div className="px-4 pb-4 sm:px-6">
        <p className="mb-3 text-ink-soft">{hint}</p>
        {isTable ? (
          <div tabIndex={0} role="region" aria-label={title} className="max-h-64 overflow-auto">
            <Table caption={title} columns={columns} rows={rows} keyOf={keyOf} />
          </div>
        ) : (
          children
        )}
      </div>
    </Card>
  );
}
