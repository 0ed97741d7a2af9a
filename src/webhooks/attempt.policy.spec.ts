import { MAX_ATTEMPTS, pauseAfter, restAfter } from './attempt.policy';

const HOUR = 3_600_000;

describe('a delivery that fails', () => {
  it('is tried again after pauses that grow, for days, and then given up', () => {
    const pauses = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) => pauseAfter(index + 1, 0) ?? NaN);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauses[0]).toBe(5_000);
    const total = pauses.reduce((sum, pause) => sum + pause, 0);
    expect(total).toBeGreaterThan(2 * 24 * HOUR);
    expect(total).toBeLessThan(5 * 24 * HOUR);
    expect(pauseAfter(MAX_ATTEMPTS, 0)).toBeNull();
  });

  it('is not tried at the same moment as all that failed with it', () => {
    expect(pauseAfter(1, 1)).toBe(7_500);
    expect(pauseAfter(1, 0.5)).toBe(6_250);
  });
});

describe('an endpoint that fails', () => {
  it('is left alone for longer and longer, for minutes at the most', () => {
    expect([1, 4, 5, 6, 7].map(restAfter)).toEqual([0, 0, 1_000, 2_000, 4_000]);
    expect(restAfter(1_000)).toBe(300_000);
  });
});
