import { shortDate } from '../components/relative-time';
import { Table } from '../components/table';
import { useLanguage } from '../texts/language';
import { useTexts } from '../texts/texts';
import { type CourseNumbersQuery } from './numbers.generated';
import { numbersTexts } from './numbers-texts';

type Point = CourseNumbersQuery['metrics']['series'][number];

/** The picture's own measures: a day is so wide, and half of it so high. */
const DAY = 20;
const HALF = 70;

/** Joins above the line, departures below it, on one scale from zero; and the same as a table. */
export function Trend({ points }: { readonly points: readonly Point[] }) {
  const words = useTexts(numbersTexts);
  const language = useLanguage();
  const most = Math.max(1, ...points.map(({ joined, left, removed }) => Math.max(joined, left + removed)));
  const isQuiet = points.every(({ joined, left, removed }) => joined + left + removed === 0);
  const day = (at: string) => shortDate(at, language);
  const first = points[0];
  const last = points.at(-1);
  return (
    <figure className="space-y-3">
      <figcaption className="font-medium">{words.trend}</figcaption>
      {isQuiet || !first || !last ? (
        <p className="text-ink-soft">{words.quiet}</p>
      ) : (
        <div>
          <p className="flex justify-between text-xs">
            <span className="text-joined">{words.joined}</span>
            <span className="text-ink-faint tabular-nums">{most}</span>
          </p>
          <svg
            viewBox={`0 0 ${points.length * DAY} ${HALF * 2}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={words.trend}
            className="h-40 w-full"
          >
            {points.map(({ at, joined, left, removed }, index) => {
              const up = (joined / most) * HALF;
              const down = ((left + removed) / most) * HALF;
              return (
                <g key={at}>
                  <title>{words.at(day(at), joined, left + removed)}</title>
                  <rect x={index * DAY} y={0} width={DAY} height={HALF * 2} className="fill-transparent" />
                  <rect x={index * DAY + 3} y={HALF - up} width={DAY - 6} height={up} className="fill-joined" />
                  <rect x={index * DAY + 3} y={HALF} width={DAY - 6} height={down} className="fill-gone" />
                </g>
              );
            })}
            <line
              x1={0}
              x2={points.length * DAY}
              y1={HALF}
              y2={HALF}
              vectorEffect="non-scaling-stroke"
              className="stroke-line-strong"
            />
          </svg>
          <p className="text-xs text-gone">{words.gone}</p>
          <p className="flex justify-between text-xs text-ink-faint">
            <span>{day(first.at)}</span>
            <span>{day(last.at)}</span>
          </p>
        </div>
      )}
      <details>
        <summary className="inline-flex min-h-11 list-none items-center rounded-md text-accent underline underline-offset-3">
          {words.table}
        </summary>
        <Table
          caption={words.trend}
          rows={points}
          keyOf={({ at }) => at}
          columns={[
            { key: 'day', title: words.day, cell: ({ at }) => day(at) },
            { key: 'joined', title: words.joined, numeric: true, cell: ({ joined }) => joined },
            { key: 'left', title: words.left, numeric: true, cell: ({ left }) => left },
            { key: 'removed', title: words.removed, numeric: true, cell: ({ removed }) => removed },
            { key: 'invited', title: words.invited, numeric: true, from: 'sm', cell: ({ invited }) => invited },
            { key: 'errors', title: words.errors, numeric: true, from: 'sm', cell: ({ errors }) => errors },
          ]}
        />
      </details>
    </figure>
  );
}
