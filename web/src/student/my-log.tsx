import { useInfiniteQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useRequest } from '../api/request';
import { Button } from '../components/button';
import { ErrorState } from '../components/error-state';
import { RelativeTime } from '../components/relative-time';
import { SkeletonRows } from '../components/skeleton';
import { useTexts } from '../texts/texts';
import { type MeQuery } from './me.generated';
import { meTexts } from './me-texts';
import { myLog } from './my-log.generated';
import { type LogEntry, sentenceOf } from './my-log.policy';
import { myLogTexts } from './my-log-texts';

/** What was done with my account and my places, in sentences. Asked for when it is opened. */
export function MyLog({ viewer }: { readonly viewer: MeQuery['viewer'] }) {
  const words = useTexts(meTexts);
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="group" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="inline-flex min-h-11 list-none items-center gap-2 rounded-md font-medium">
        <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
        {words.happened}
      </summary>
      {isOpen && <Entries viewer={viewer} />}
    </details>
  );
}

function Entries({ viewer }: { readonly viewer: MeQuery['viewer'] }) {
  const words = useTexts(meTexts);
  const sentences = useTexts(myLogTexts);
  const request = useRequest();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [myLog.name, viewer.id],
    queryFn: ({ pageParam, signal }) => request(myLog, { userId: viewer.id, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ auditLog }) => (auditLog.pageInfo.hasNextPage ? auditLog.pageInfo.endCursor : null),
  });
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={3} />;

  const memberships = viewer.memberships.nodes;
  const courses = new Map([
    ...viewer.enrolledCourses.nodes.map(({ id, title }) => [id, title] as const),
    ...memberships.map(({ course }) => [course.id, course.title] as const),
  ]);
  const servers = new Map(memberships.map(({ guildId, guildName }) => [guildId, guildName]));
  const names = (entry: LogEntry) => ({
    course: courses.get(entry.courseId ?? '') ?? sentences.aCourse,
    server: servers.get(entry.guildId ?? '') ?? sentences.aServer,
  });
  const entries = data.pages.flatMap(({ auditLog }) => auditLog.nodes);
  return (
    <div className="mt-1">
      <p className="mb-3 text-ink-soft">{entries.length === 0 ? words.nothing : words.happenedHint}</p>
      <ol>
        {entries.map((entry) => (
          <li key={entry.id} className="flex flex-wrap justify-between gap-x-6 border-t border-line py-2">
            <span>{sentenceOf(entry, viewer.id, names(entry), sentences)}</span>
            <span className="text-ink-faint">
              <RelativeTime at={entry.createdAt} />
            </span>
          </li>
        ))}
      </ol>
      {hasNextPage && (
        <Button className="mt-3" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {words.older}
        </Button>
      )}
    </div>
  );
}
