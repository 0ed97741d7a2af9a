import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLive } from '../api/live';
import { courseChanged, courseHealthChanged } from './course.generated';
import { roster } from './roster.generated';
import { myServers, preflight, serverParts } from './setup.generated';

/** The least time between two looks at what has changed, milliseconds: for each page of the roster that is loaded. */
const PER_PAGE = 400;

/** What asks Discord: nothing that happens in the course changes them. */
const UNTOUCHED: readonly unknown[] = [myServers.name, preflight.name, serverParts.name];

/**
 * Follows what happens in the course. What is shown is asked again at once, and while one change follows the other (a sync
 * of hundreds) again and again at intervals, longer the more is loaded.
 */
export function useCourseLive(courseId: string, after: string | null): void {
  const queries = useQueryClient();
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const lookedAt = useRef(0);
  useEffect(() => () => clearTimeout(waiting.current), []);

  const changed = () => {
    if (waiting.current !== undefined) return;
    const pages = queries
      .getQueriesData<{ readonly pages: readonly unknown[] }>({ queryKey: [roster.name] })
      .reduce((most, [, data]) => Math.max(most, data?.pages.length ?? 1), 1);
    waiting.current = setTimeout(
      () => {
        waiting.current = undefined;
        lookedAt.current = Date.now();
        void queries.invalidateQueries(
          { predicate: ({ queryKey }) => !UNTOUCHED.includes(queryKey[0]) },
          { cancelRefetch: false },
        );
      },
      Math.max(lookedAt.current + pages * PER_PAGE - Date.now(), 0),
    );
  };
  useLive(courseChanged, { courseId, after }, ({ membershipChanged }) => membershipChanged.seq, changed);
  useLive(courseHealthChanged, { courseId, after }, () => null, changed);
}
