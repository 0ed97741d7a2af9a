import { Link, useParams } from 'react-router';
import { PageTitle } from '../shell/page-title';
import { useTexts } from '../texts/texts';
import { CourseBody } from './course-body';
import { courseTexts } from './course-texts';
import { useCourse } from './use-course';

/** `/courses/:id/discord`: is it working, who is where, and why? */
export function CoursePage() {
  const { id = '' } = useParams();
  const words = useTexts(courseTexts);
  const asked = useCourse(id);
  const course = asked.data?.course;
  return (
    <div>
      <p className="mb-2">
        <Link to="/courses" className="text-accent underline underline-offset-3 hover:text-accent-strong">
          {words.back}
        </Link>
      </p>
      <PageTitle title={course ? words.title(course.title) : asked.data ? words.missing : words.anyTitle} />
      <CourseBody asked={asked} />
    </div>
  );
}
