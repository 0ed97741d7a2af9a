import { OfflineBanner } from '../components/offline-banner';
import { CourseBody } from '../instructor/course-body';
import { useCourse } from '../instructor/use-course';

/** What the staff of a course sees and decides: the set-up, the students, syncs, numbers, log and settings. */
export function CourseSettings({ courseId }: { readonly courseId: string }) {
  return (
    <>
      <OfflineBanner />
      <CourseBody asked={useCourse(courseId)} />
    </>
  );
}
