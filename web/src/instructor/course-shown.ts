import { type CoursePageQuery } from './course.generated';

/** The course whose page it is. */
export type Course = NonNullable<CoursePageQuery['course']>;

/** Whoever looks at it. */
export type Viewer = CoursePageQuery['viewer'];
