import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useData } from '../api/data';
import { request } from '../api/request';
import { Button } from '../components/button';
import { ErrorState } from '../components/error-state';
import { RelativeTime } from '../components/relative-time';
import { SkeletonRows } from '../components/skeleton';
import { useTexts } from '../texts/texts';
import { courseLog, logName } from './course-log.generated';
import { type LogEntry, sentenceOf } from './course-log.policy';
import { courseLogTexts } from './course-log-texts';
import { linkVisits } from './link.generated';

/** What was done in the course, in sentences. */
export function CourseLog({ courseId, hasLink }: { readonly courseId: string; readonly hasLink: boolean }) {
  // Who only pressed Join has no membership that would tell their name.
  const visits = useData(linkVisits, { id: courseId, first: 1_000 }, { enabled: hasLink });
  const visitors = new Map(
    (visits.data?.course?.discordLink?.visits ?? []).map(({ student }) => [student.id, student.displayName]),
  );
  const words = useTexts(courseLogTexts);
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
          <Entry key={entry.id} entry={entry} courseId={courseId} visitor={visitors.get(entry.userId ?? '') ?? null} />
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

function Entry({
  entry,
  courseId,
  visitor,
}: {
  readonly entry: LogEntry;
  readonly courseId: string;
  /** The name, where the student has pressed Join. */
  readonly visitor: string | null;
}) {
  const words = useTexts(courseLogTexts);
  const who = useName(courseId, visitor === null ? entry.userId : null) ?? visitor ?? words.someone;
  const sentence = sentenceOf(entry, who, words);
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

/** The log knows people by their ids; a name is asked for once in a visit. */
function useName(courseId: string, userId: string | null): string | null {
  const { data } = useQuery({
    queryKey: [logName.name, userId],
    queryFn: ({ signal }) => request(logName, { courseId, userId: userId ?? '' }, signal),
    enabled: userId !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data?.membership?.student.displayName ?? null;
}
