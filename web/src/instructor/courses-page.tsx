import { useInfiniteQuery } from '@tanstack/react-query';
import { BookOpen } from 'lucide-react';
import { useRequest } from '../api/request';
import { Badge } from '../components/badge';
import { Button, ButtonLink } from '../components/button';
import { Card } from '../components/card';
import { EmptyState } from '../components/empty-state';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { PageTitle } from '../shell/page-title';
import { useTexts } from '../texts/texts';
import { courseState, type ListedCourse, TONE_OF } from './course-state.policy';
import { courses } from './courses.generated';
import { coursesTexts } from './courses-texts';

/** `/courses`: which of my courses needs me? */
export function CoursesPage() {
  const words = useTexts(coursesTexts);
  const request = useRequest();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [courses.name],
    queryFn: ({ pageParam, signal }) => request(courses, { after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.courses.pageInfo.hasNextPage ? last.courses.pageInfo.endCursor : null),
  });
  const heldIn = (courseId: string) =>
    (data?.pages[0]?.held ?? []).reduce((sum, run) => sum + (run.courseId === courseId ? run.total : 0), 0);
  const listed = data?.pages.flatMap((page) => page.courses.nodes);
  return (
    <div className="mx-auto max-w-3xl">
      <PageTitle title={words.title}>{words.hint}</PageTitle>
      {error && !listed && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && !listed && (
        <Card title={words.title}>
          <SkeletonRows rows={3} />
        </Card>
      )}
      {listed?.length === 0 && (
        <EmptyState icon={BookOpen} title={words.none}>
          {words.noneMeans}
        </EmptyState>
      )}
      {listed && listed.length > 0 && (
        <ul aria-label={words.title} className="rounded-lg border border-line bg-raised">
          {listed.map((course) => (
            <CourseLine key={course.id} course={course} held={heldIn(course.id)} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button className="mt-4" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </div>
  );
}

function CourseLine({
  course,
  held,
}: {
  readonly course: ListedCourse;
  /** How many removals wait for a decision. */
  readonly held: number;
}) {
  const words = useTexts(coursesTexts);
  const state = courseState(course);
  const { id, title, serverConfigs, discordLink, stats } = course;
  const isNew = serverConfigs.length === 0 && !discordLink;
  const [server] = serverConfigs;
  const where = serverConfigs.length > 1 ? words.servers(serverConfigs.length) : server?.guildName;
  return (
    <li className="grid min-h-18 items-center gap-x-6 gap-y-2 border-t border-line px-4 py-3 first:border-0 sm:grid-cols-[1fr_auto] sm:px-6">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 className="font-medium">{title}</h2>
          <Badge tone={TONE_OF[state]}>{words[state]}</Badge>
          {held > 0 && <Badge tone="trouble">{words.held(held)}</Badge>}
        </div>
        <p className="mt-1 text-ink-soft">
          {where !== undefined
            ? words.inServer(stats.joined, stats.enrolled, where)
            : discordLink
              ? `${words.enrolled(stats.enrolled)} · ${words.pressed(discordLink.uniqueStudents)}`
              : words.enrolled(stats.enrolled)}
        </p>
      </div>
      <ButtonLink
        look={isNew ? 'primary' : 'plain'}
        to={`/courses/${id}/discord`}
        aria-label={isNew ? words.setUpFor(title) : words.openFor(title)}
      >
        {isNew ? words.setUp : words.open}
      </ButtonLink>
    </li>
  );
}
