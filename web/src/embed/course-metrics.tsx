import { Numbers } from '../instructor/numbers';
import { CourseBody } from '../instructor/course-body';
import { useCourse } from '../instructor/use-course';

/** How well it goes in one course; for its staff. */
export function CourseMetrics({ courseId }: { readonly courseId: string }) {
  const asked = useCourse(courseId);
  const course = asked.data?.course;
  return course ? <Numbers courseId={courseId} hasLink={course.discordLink !== null} /> : <CourseBody asked={asked} />;
}
