import { useInfiniteQuery } from '@tanstack/react-query';
import { useRequest } from '../api/request';
import { Button } from '../components/button';
import { ErrorState } from '../components/error-state';
import { RelativeTime } from '../components/relative-time';
import { SkeletonRows } from '../components/skeleton';
import { useTexts } from '../texts/texts';
import { courseLog } from './course-log.generated';
import { type LogEntry, sentenceOf } from './course-log.policy';
import { courseLogTexts } from './course-log-texts';

/** What was done in the course, in sentences. */
export function CourseLog({ courseId }: { readonly courseId: string }) {
  const words = useTexts(courseLogTexts);
  const request = useRequest();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [courseLog.name, courseId],
    queryFn: ({ pageParam, signal }) => request(courseLog, { courseId, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ auditLog }) => (auditLog.pageInfo.hasNextPage ? auditLog.pageInfo.endCursor : null),
  });
  const entries = data?.pages.flatMap(({ auditLog }) => auditLog.nodes);
  return (
    <section aria-labelledby="course-log">
      <h2 id="course-log" className="text-base font-semibold">
        {words.title}
      </h2>
      <p className="mb-3 text-ink-soft">{entries?.length === 0 ? words.empty : words.hint}</p>
      {error && !entries && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && !entries && <SkeletonRows rows={4} />}
      <ol>
        {entries?.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
      {hasNextPage && (
        <Button className="mt-3" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {words.older}
        </Button>
      )}
    </section>
  );
}

function Entry({ entry }: { readonly entry: LogEntry }) {
  const words = useTexts(courseLogTexts);
  const sentence = sentenceOf(entry, entry.student?.displayName ?? words.someone, words);
  return (
    <li className="flex flex-wrap justify-between gap-x-6 border-t border-line py-2">
      <span className="min-w-0 flex-1 basis-64">
        {sentence.charAt(0).toUpperCase() + sentence.slice(1)}
        {entry.errorMessage !== null && <span className="block text-ink-soft">{entry.errorMessage}</span>}
      </span>
      <span className="text-ink-faint">
        <RelativeTime at={entry.createdAt} />
      </span>
    </li>
  );
}
