import { DomainError } from '../../common/domain-error';

/** Discord shows up to 25 choices, of up to 100 characters. */
export const MAX_CHOICES = 25;
const MAX_CHOICE_NAME = 100;

export interface Choice {
  readonly name: string;
  readonly value: string;
}

interface CourseHere {
  readonly courseId: string;
  readonly courseTitle: string;
}

/**
 * The course that somebody means: chosen from the list, an id that was pasted, or a title as it is or in part.
 * @throws DomainError NOT_FOUND; BAD_USER_INPUT when it could be several.
 */
export function courseMeant<Course extends CourseHere>(courses: readonly Course[], typed: string): Course {
  const text = typed.trim().toLowerCase();
  const exact = courses.filter(
    ({ courseId, courseTitle }) => courseId === text || courseTitle.trim().toLowerCase() === text,
  );
  const found = exact.length > 0 ? exact : courses.filter(({ courseTitle }) => holds(courseTitle, text));
  const [course] = found;
  if (!course || text === '')
    throw new DomainError('NOT_FOUND', 'You teach no such course in this server.', { choice: 'course' });
  if (found.length > 1)
    throw new DomainError('BAD_USER_INPUT', 'Several of your courses are called like that.', { choice: 'course' });
  return course;
}

/** What fits what was typed so far. */
export function courseChoices(courses: readonly CourseHere[], typed: string): Choice[] {
  return courses
    .filter(({ courseTitle }) => holds(courseTitle, typed.trim().toLowerCase()))
    .slice(0, MAX_CHOICES)
    .map(({ courseId, courseTitle }) => ({ name: choiceName(courseTitle, courseId), value: courseId }));
}

/** A name for a list; it is shown as it is written. Something without a name goes by its id. */
export function choiceName(name: string, id: string): string {
  const shown = name.trim() === '' ? id : name.trim();
  return shown.length <= MAX_CHOICE_NAME ? shown : `${shown.slice(0, MAX_CHOICE_NAME - 1)}…`;
}

function holds(title: string, text: string): boolean {
  return title.toLowerCase().includes(text);
}
