import { DomainError } from '../../common/domain-error';
import { choiceName, courseChoices, courseMeant } from './course-choice.policy';

const course = (courseTitle: string, courseId = `id of ${courseTitle}`) => ({ courseId, courseTitle });
const COURSES = [course('Algebra'), course('Algebra II'), course('Statistics', '00000000-0000-4000-8000-000000000001')];

describe('which course is meant', () => {
  it.each([
    ['an id', '00000000-0000-4000-8000-000000000001', 'Statistics'],
    ['a pasted id in capitals', ' 00000000-0000-4000-8000-000000000001 '.toUpperCase(), 'Statistics'],
    ['a title', 'statistics', 'Statistics'],
    ['the one that is called exactly so', 'ALGEBRA', 'Algebra'],
    ['part of one title', 'stat', 'Statistics'],
  ])('%s', (_, typed, title) => {
    expect(courseMeant(COURSES, typed).courseTitle).toBe(title);
  });

  it.each([
    ['several', 'gebra', 'BAD_USER_INPUT'],
    ['none', 'biology', 'NOT_FOUND'],
    ['nothing', ' ', 'NOT_FOUND'],
  ])('not with %s', (_, typed, code) => {
    let refusal: unknown;
    try {
      courseMeant(COURSES, typed);
    } catch (error) {
      refusal = error;
    }
    expect(refusal instanceof DomainError && refusal.code).toBe(code);
  });
});

describe('the list of courses', () => {
  it('holds what fits, and 25 at the most', () => {
    expect(courseChoices(COURSES, 'alg').map(({ name }) => name)).toEqual(['Algebra', 'Algebra II']);
    expect(
      courseChoices(
        Array.from({ length: 40 }, (_, index) => course(`Course ${index}`)),
        '',
      ),
    ).toHaveLength(25);
  });

  it('shortens a long name, and shows the id of something without one', () => {
    expect(choiceName('x'.repeat(101), 'id')).toBe(`${'x'.repeat(99)}…`);
    expect(choiceName(' ', 'id')).toBe('id');
  });
});
