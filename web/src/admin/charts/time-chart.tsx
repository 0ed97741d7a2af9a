import { clsx } from 'clsx';
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { runsOf, spread, topOf, type Value } from './scale.policy';
import { useWidth } from './use-width';

const HEIGHT = 176;
const TOP = 10;
const BOTTOM = 24;
const LEFT = 60;
/** Room for the names at the lines' ends. */
const RIGHT = 92;
const LINE = 16;

export interface Line {
  readonly name: string;
  readonly values: readonly Value[];
  /** Its colour as a text class; a dash as well, so that nobody needs to tell colours apart. */
  readonly look: string;
  readonly dash?: string;
}

/**
 * Lines over time from zero up, each with its name at its end. By pointer or by the arrow keys one point is told in words.
 * @param points the names of the points @param write how a value is written
 */
export function TimeChart({
  label,
  points,
  lines,
  write,
  none,
}: {
  readonly label: string;
  readonly points: readonly string[];
  readonly lines: readonly Line[];
  readonly write: (value: number) => string;
  /** Said of a point without a value. */
  readonly none: string;
}) {
  const [ref, width] = useWidth();
  const [chosen, setChosen] = useState<number | null>(null);
  const last = points.length - 1;
  const shown = chosen === null ? null : Math.min(chosen, last);
  const inner = Math.max(width - LEFT - RIGHT, 1);
  const top = topOf(lines.flatMap(({ values }) => values));
  const x = (index: number) => LEFT + (last === 0 ? 0 : (index / last) * inner);
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const told = (index: number) =>
    `${points[index] ?? ''}: ${lines
      .map(({ name, values }) => `${name} ${valueText(values[index] ?? null, write, none)}`)
      .join(', ')}`;

  const onKeyDown = (event: KeyboardEvent) => {
    const at = shown ?? last;
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (event.key === 'Escape') setChosen(null);
    if (next === undefined) return;
    event.preventDefault();
    setChosen(Math.min(Math.max(next, 0), last));
  };
  const onPointerMove = (event: PointerEvent) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const index = Math.round(((event.clientX - left - LEFT) / inner) * last);
    setChosen(Math.min(Math.max(index, 0), last));
  };

  return (
    <div
      ref={ref}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={shown ?? last}
      aria-valuetext={told(shown ?? last)}
      className="relative touch-pan-y rounded-md"
      onKeyDown={onKeyDown}
      onFocus={(event) => (event.currentTarget.matches(':focus-visible') ? setChosen((at) => at ?? last) : undefined)}
      onBlur={() => setChosen(null)}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setChosen(null)}
    >
      <svg aria-hidden width="100%" height={HEIGHT} className="block">
        {width > 0 && (
          <>
            <Axes top={top} width={width} y={y} write={write} />
            <text x={LEFT} y={HEIGHT - 6} className="fill-ink-faint text-xs">
              {points[0]}
            </text>
            {last > 0 && (
              <text x={LEFT + inner} y={HEIGHT - 6} textAnchor="end" className="fill-ink-faint text-xs">
                {points[last]}
              </text>
            )}
            {shown !== null && (
              <line x1={x(shown)} x2={x(shown)} y1={TOP} y2={HEIGHT - BOTTOM} className="stroke-line-strong" />
            )}
            <Lines lines={lines} x={x} y={y} shown={shown} />
            <Names lines={lines} x={LEFT + inner + 8} y={y} />
          </>
        )}
      </svg>
      {shown !== null && (
        <Told name={points[shown] ?? ''} at={x(shown)} width={width}>
          {lines.map(({ name, values, look }) => (
            <span key={name} className="flex justify-between gap-4">
              <span className={look}>{name}</span>
              <span className="tabular-nums">{valueText(values[shown] ?? null, write, none)}</span>
            </span>
          ))}
        </Told>
      )}
    </div>
  );
}

function valueText(value: Value, write: (value: number) => string, none: string): string {
  return value === null ? none : write(value);
}

function Axes({
  top,
  width,
  y,
  write,
}: {
  readonly top: number;
  readonly width: number;
  readonly y: (value: number) => number;
  readonly write: (value: number) => string;
}) {
  return [0, top].map((value) => (
    <g key={value}>
      <line x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} className="stroke-line" />
      <text x={LEFT - 6} y={y(value) + 4} textAnchor="end" className="fill-ink-faint text-xs tabular-nums">
        {write(value)}
      </text>
    </g>
  ));
}

function Lines({
  lines,
  x,
  y,
  shown,
}: {
  readonly lines: readonly Line[];
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
  readonly shown: number | null;
}) {
  return lines.map(({ name, values, look, dash }) => (
    <g key={name} className={clsx(look, 'fill-none stroke-current')} strokeWidth={2} strokeLinejoin="round">
      {runsOf(values).map(({ from, values: run }) =>
        run.length === 1 ? (
          <circle key={from} cx={x(from)} cy={y(run[0] ?? 0)} r={2.5} className="fill-current" />
        ) : (
          <polyline
            key={from}
            strokeDasharray={dash}
            points={run.map((value, index) => `${x(from + index)},${y(value)}`).join(' ')}
          />
        ),
      )}
      {shown !== null && typeof values[shown] === 'number' && (
        <circle cx={x(shown)} cy={y(values[shown])} r={4} className="fill-current" />
      )}
    </g>
  ));
}

/** Each line's name at its end, none over another. */
function Names({
  lines,
  x,
  y,
}: {
  readonly lines: readonly Line[];
  readonly x: number;
  readonly y: (value: number) => number;
}) {
  const wanted = lines.map(({ values }) => y(values.findLast((value) => value !== null) ?? 0));
  const places = spread(wanted, LINE, HEIGHT - BOTTOM);
  return lines.map(({ name, look }, index) => (
    <text key={name} x={x} y={(places[index] ?? 0) + 4} className={clsx(look, 'fill-current text-xs font-medium')}>
      {name}
    </text>
  ));
}

function Told({
  name,
  at,
  width,
  children,
}: {
  readonly name: string;
  readonly at: number;
  readonly width: number;
  readonly children: React.ReactNode;
}) {
  const isRight = at > width / 2;
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute top-0 z-10 rounded-md border border-line bg-raised px-3 py-2 text-xs shadow-lg"
      style={isRight ? { right: width - at + 8 } : { left: at + 8 }}
    >
      <p className="mb-1 font-medium">{name}</p>
      {children}
    </div>
  );
}
