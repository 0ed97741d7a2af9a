import { clsx } from 'clsx';
import { type ReactNode } from 'react';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Only from this width on: a phone shows what matters. */
  readonly from?: 'sm' | 'md' | 'lg';
  readonly numeric?: boolean;
}

const FROM = { sm: 'hidden sm:table-cell', md: 'hidden md:table-cell', lg: 'hidden lg:table-cell' } as const;

/** Rows between hairlines. @param caption what it lists, for those who do not see it */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
}: {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}) {
  const look = (column: Column<Row>) =>
    clsx(
      // Nothing to the left: whichever column comes first on a phone begins where the others of the page do.
      'py-2 pr-4 last:pr-0 sm:pr-8',
      column.from && FROM[column.from],
      column.numeric && 'text-right tabular-nums',
    );
  return (
    <table className="w-full border-collapse text-left">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr className="border-b border-line">
          {columns.map((column) => (
            <th key={column.key} scope="col" className={clsx(look(column), 'text-xs font-medium text-ink-faint')}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} className="border-b border-line last:border-0">
            {columns.map((column) => (
              <td key={column.key} className={look(column)}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
