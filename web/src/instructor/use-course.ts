import { type UseQueryResult } from '@tanstack/react-query';
import { useData } from '../api/data';
import { coursePage, type CoursePageQuery } from './course.generated';
import { useCourseLive } from './use-course-live';

/** A course as its staff sees it, live. */
export function useCourse(id: string): UseQueryResult<CoursePageQuery> {
  const asked = useData(coursePage, { id });
  const { data } = asked;
  useCourseLive(id, data?.logEnd ?? null);
  return asked;
}
