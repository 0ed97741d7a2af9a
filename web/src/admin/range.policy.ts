import { type MetricsBucket } from '../api/enums.generated';

/** How far back one looks, and how wide a point of a series is then. */
export const RANGES = {
  HOURS: { bucket: 'HOUR', points: 24 },
  WEEK: { bucket: 'DAY', points: 7 },
  MONTH: { bucket: 'DAY', points: 30 },
  QUARTER: { bucket: 'DAY', points: 90 },
} as const satisfies Record<string, { readonly bucket: MetricsBucket; readonly points: number }>;

export type Range = keyof typeof RANGES;

const WIDTHS = { HOUR: 3_600_000, DAY: 86_400_000 } as const;

/** The beginning of the first of as many whole points as the range has; the last is the one that runs. */
export function sinceOf(range: Range, now: number): string {
  const { bucket, points } = RANGES[range];
  const width = WIDTHS[bucket];
  return new Date((Math.floor(now / width) - points + 1) * width).toISOString();
}

/** An hour ago, the same for five minutes, so that what is asked does not change at every look. */
export function anHourAgo(now: number): string {
  const step = 300_000;
  return new Date(Math.floor(now / step) * step - WIDTHS.HOUR).toISOString();
}
