import { BookOpen } from 'lucide-react';
import { Link, useParams } from 'react-router';
import { useData } from '../api/data';
import { Card } from '../components/card';
import { EmptyState } from '../components/empty-state';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { PageTitle } from '../shell/page-title';
import { useTexts } from '../texts/texts';
import { coursePage } from './course.generated';
import { courseTexts } from './course-texts';
import { CourseView } from './course-view';
import { LinkReturn } from './link-return';
import { useCourseLive } from './use-course-live';

/** `/courses/:id/discord`: is it working, who is where, and why? */
export function CoursePage() {
  const { id = '' } = useParams();
  const words = useTexts(courseTexts);
  const { data, error, refetch } = useData(coursePage, { id });
  useCourseLive(id, data ? (data.newest.nodes[0]?.seq ?? '0') : null);
  return (
    <div>
      <p className="mb-2">
        <Link to="/courses" className="text-accent underline underline-offset-3 hover:text-accent-strong">
          {words.back}
        </Link>
      </p>
      {data?.course && (
        <>
          <PageTitle title={words.title(data.course.title)} />
          <LinkReturn />
          <CourseView key={id} course={data.course} viewer={data.viewer} isStopped={data.removalsPaused} />
        </>
      )}
      {data?.course === null && (
        <>
          <PageTitle title={words.missing} />
          <EmptyState icon={BookOpen} title={words.missing}>
            {words.missingMeans}
          </EmptyState>
        </>
      )}
      {!data && <PageTitle title={words.anyTitle} />}
      {!data && error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && (
        <Card title={words.students}>
          <SkeletonRows rows={5} />
        </Card>
      )}
    </div>
  );
}
