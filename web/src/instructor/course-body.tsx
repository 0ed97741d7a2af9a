import { type UseQueryResult } from '@tanstack/react-query';
import { BookOpen } from 'lucide-react';
import { Card } from '../components/card';
import { EmptyState } from '../components/empty-state';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { useTexts } from '../texts/texts';
import { type CoursePageQuery } from './course.generated';
import { courseTexts } from './course-texts';
import { CourseView } from './course-view';
import { LinkReturn } from './link-return';

/** Everything about a course's server, or why there is nothing to see. */
export function CourseBody({ asked }: { readonly asked: UseQueryResult<CoursePageQuery> }) {
  const words = useTexts(courseTexts);
  const { data, error, refetch } = asked;
  if (data?.course) {
    return (
      <>
        <LinkReturn />
        <CourseView key={data.course.id} course={data.course} viewer={data.viewer} isStopped={data.removalsPaused} />
      </>
    );
  }
  if (data) {
    return (
      <EmptyState icon={BookOpen} title={words.missing}>
        {words.missingMeans}
      </EmptyState>
    );
  }
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <Card title={words.students}>
      <SkeletonRows rows={5} />
    </Card>
  );
}
