import { type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { useData } from '../api/data';
import { overview, type OverviewQuery } from './overview.generated';
import { anHourAgo, type Range, RANGES, sinceOf } from './range.policy';

/** How often the figures are asked again, milliseconds. */
const AGAIN = 30_000;

/** What the figures are of a time that can be chosen. */
export function useOverview(): {
  readonly asked: UseQueryResult<OverviewQuery>;
  readonly range: Range;
  readonly setRange: (range: Range) => void;
} {
  const [range, setRange] = useState<Range>('MONTH');
  const now = Date.now();
  const variables = { since: sinceOf(range, now), lastHour: anHourAgo(now), bucket: RANGES[range].bucket };
  return { asked: useData(overview, variables, { refetchInterval: AGAIN }), range, setRange };
}
