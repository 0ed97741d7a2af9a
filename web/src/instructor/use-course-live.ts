import { type InvalidateQueryFilters, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { askAgain } from '../api/data';
import { useLive } from '../api/live';
import { courseChanged, courseHealthChanged } from './course.generated';
import { roster } from './roster.generated';
import { myServers, preflight, serverParts } from './setup.generated';

/** The least time between two looks at what has changed, milliseconds: for each page of the roster that is loaded. */
const PER_PAGE = 400;

/** The least time between a change and a look at it, and between two looks whether the last one is over, milliseconds. */
const SOON = 50;

/** How long what is under way is waited for before it is given up, milliseconds. */
const PATIENCE = 5_000;

/** What asks Discord: nothing that happens in the course changes them. */
const UNTOUCHED: readonly unknown[] = [myServers.name, preflight.name, serverParts.name];

const TOUCHED: InvalidateQueryFilters = { predicate: ({ queryKey }) => !UNTOUCHED.includes(queryKey[0]) };

/**
 * Follows what happens in the course. What is shown is asked again at once, and while one change follows the other (a sync
 * of hundreds) again and again at intervals, longer the more is loaded.
 */
export function useCourseLive(courseId: string, after: string | null): void {
  const queries = useQueryClient();
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const lookedAt = useRef(0);
  useEffect(() => () => clearTimeout(waiting.current), []);

  const lookSince = (change: number) => {
    const pages = queries
      .getQueriesData<{ readonly pages: readonly unknown[] }>({ queryKey: [roster.name] })
      .reduce((most, [, data]) => Math.max(most, data?.pages.length ?? 1), 1);
    waiting.current = setTimeout(
      () => {
        // What is under way was perhaps read before the change; given up each time, it would never come.
        if (queries.isFetching({ ...TOUCHED, type: 'active' }) > 0 && Date.now() < change + PATIENCE) {
          lookSince(change);
          return;
        }
        waiting.current = undefined;
        lookedAt.current = Date.now();
        void askAgain(queries, TOUCHED);
      },
      Math.max(lookedAt.current + pages * PER_PAGE - Date.now(), SOON),
    );
  };
  const changed = () => {
    if (waiting.current === undefined) lookSince(Date.now());
  };
  useLive(courseChanged, { courseId, after }, ({ membershipChanged }) => membershipChanged.seq, changed);
  useLive(courseHealthChanged, { courseId, after }, () => null, changed);
}
