import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import { useTexts } from '../texts/texts';
import { type RosterMembershipFragment } from './roster.generated';
import { RosterRow } from './roster-row';
import { rosterTexts } from './roster-texts';
import { useShownColumns } from './use-shown-columns';

/** Pixels of a row that was not drawn yet. */
const ROW = 64;

/** Thousands of rows, of which only those near the window are drawn; each row is a body of its own, measured as it is. */
export function RosterTable({
  rows,
  courseId,
}: {
  readonly rows: readonly RosterMembershipFragment[];
  readonly courseId: string;
}) {
  const words = useTexts(rosterTexts);
  const columns = useShownColumns();
  const table = useRef<HTMLTableElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    if (table.current) setTop(table.current.getBoundingClientRect().top + window.scrollY);
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
    scrollMargin: top,
  });
  const shown = virtual.getVirtualItems();
  const above = (shown[0]?.start ?? top) - top;
  const below = virtual.getTotalSize() + top - (shown.at(-1)?.end ?? top);
  return (
    <table ref={table} aria-rowcount={rows.length + 1} className="w-full table-fixed border-collapse text-left">
      <caption className="sr-only">{words.caption}</caption>
      <thead>
        <tr aria-rowindex={1} className="border-b border-line text-xs text-ink-faint">
          <th scope="col" className="py-2 pr-4 font-medium lg:w-48">
            {words.student}
          </th>
          <th scope="col" className="hidden w-40 px-4 py-2 font-medium md:table-cell">
            {words.discord}
          </th>
          <th scope="col" className="w-56 px-4 py-2 font-medium max-sm:hidden">
            {words.state}
          </th>
          <th scope="col" className="hidden px-4 py-2 font-medium lg:table-cell">
            {words.why}
          </th>
          <th scope="col" className="w-14 py-2 sm:w-40">
            <span className="sr-only">{words.options}</span>
          </th>
        </tr>
      </thead>
      <Space height={above} columns={columns} />
      {shown.map(({ key, index }) => {
        const membership = rows[index];
        if (!membership) return null;
        return (
          <tbody key={key} data-index={index} ref={virtual.measureElement}>
            <RosterRow membership={membership} courseId={courseId} rowIndex={index + 2} columns={columns} />
          </tbody>
        );
      })}
      <Space height={below} columns={columns} />
    </table>
  );
}

/** As tall as the rows that are not drawn. */
function Space({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height <= 0) return null;
  return (
    <tbody aria-hidden>
      <tr>
        <td colSpan={columns} style={{ height }} />
      </tr>
    </tbody>
  );
}
