import * as fc from 'fast-check';
import { DEFAULT_LIMITS, heldCourses, isHeld } from './brake.policy';

const held = (due: number, done: number, joined: number, waiting = 0) =>
  isHeld({ due, held: waiting, done, joined }, DEFAULT_LIMITS);

describe('the brake', () => {
  it('lets everyday removals through', () => {
    expect(held(1, 0, 30)).toBe(false);
    expect(held(10, 0, 30)).toBe(false);
    expect(held(20, 0, 100)).toBe(false);
  });

  it('holds more than both ten and a fifth', () => {
    expect(held(11, 0, 30)).toBe(true);
    expect(held(21, 0, 100)).toBe(true);
    expect(held(11, 0, 100)).toBe(false);
  });

  it('counts what was removed within the day, so that many single deletions trip it as one big one does', () => {
    expect(held(1, 10, 20)).toBe(true);
    expect(held(1, 9, 21)).toBe(false);
  });

  it('counts those who wait for a person already, so that the rest of a class is held like its beginning', () => {
    expect(held(5, 0, 25, 20)).toBe(true);
    expect(held(5, 0, 25, 3)).toBe(false);
    expect(held(0, 0, 25, 20)).toBe(false);
  });

  it('does not empty a class of five or more', () => {
    expect(held(5, 0, 5)).toBe(true);
    expect(held(4, 0, 4)).toBe(false);
    expect(held(1, 4, 1)).toBe(true);
  });

  it('never holds when nothing is due, and never lets a class of five or more be emptied, in whatever portions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 400 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 }),
        (size, portions) => {
          let joined = size;
          let done = 0;
          let waiting = 0;
          for (const portion of portions) {
            const due = Math.min(portion, joined - waiting);
            expect(held(0, done, joined, waiting)).toBe(false);
            if (held(due, done, joined, waiting)) {
              waiting += due;
              continue;
            }
            joined -= due;
            done += due;
          }
          expect(joined).toBeGreaterThan(0);
          expect(done).toBeLessThanOrEqual(Math.max(DEFAULT_LIMITS.count, Math.floor(DEFAULT_LIMITS.share * size)));
        },
      ),
    );
  });
});

describe('the brake in a server that courses share', () => {
  const due = (courseId: string, count: number, status: 'joined' | 'invited' = 'joined') =>
    Array.from({ length: count }, () => ({ courseId, status }));
  const counts = (courseId: string, joined: number, done = 0, waiting = 0) => ({
    courseId,
    joined,
    held: waiting,
    done,
  });

  it('holds the course of which too many are due, and lets the other go on', () => {
    const held = heldCourses(
      [...due('small', 6), ...due('large', 3)],
      [counts('small', 6), counts('large', 100)],
      DEFAULT_LIMITS,
    );
    expect([...held]).toEqual(['small']);
  });

  it('holds all of them when it is too many for the server, though for none of its courses', () => {
    const courses = ['a', 'b', 'c'];
    const held = heldCourses(
      courses.flatMap((courseId) => due(courseId, 10)),
      courses.map((courseId) => counts(courseId, 40)),
      DEFAULT_LIMITS,
    );
    expect([...held].sort()).toEqual(courses);
  });

  it('goes on holding what it has begun to hold', () => {
    const ofServer = heldCourses(
      due('a', 1),
      ['a', 'b', 'c'].map((courseId) => counts(courseId, 40, 0, 10)),
      DEFAULT_LIMITS,
    );
    expect([...ofServer]).toEqual(['a']);
    expect([...heldCourses(due('a', 2), [counts('a', 20, 0, 9), counts('b', 200)], DEFAULT_LIMITS)]).toEqual(['a']);
  });

  it('holds everything when the platform lists nobody, unless that is one person’s end', () => {
    const held = (people: number) =>
      heldCourses(due('a', 1), [counts('a', 2)], DEFAULT_LIMITS, { isEmpty: true, people }).size;
    expect([held(2), held(1)]).toEqual([1, 0]);
  });

  it('counts whoever came in by an invite that nobody saw used as one who is in', () => {
    expect([...heldCourses(due('a', 6, 'invited'), [counts('a', 0)], DEFAULT_LIMITS)]).toEqual(['a']);
    expect([...heldCourses(due('a', 4, 'invited'), [counts('a', 0)], DEFAULT_LIMITS)]).toEqual([]);
    expect([...heldCourses(due('a', 1, 'invited'), [counts('a', 0, 4)], DEFAULT_LIMITS)]).toEqual(['a']);
  });

  it('holds nothing where nothing is due', () => {
    expect(heldCourses([], [counts('a', 5, 4)], DEFAULT_LIMITS).size).toBe(0);
  });
});
