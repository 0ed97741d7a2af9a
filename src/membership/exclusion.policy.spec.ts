import { exclusionOf } from './exclusion.policy';

describe('what keeps somebody out', () => {
  it.each([
    [false, false, null],
    [true, false, 'REMOVED_BY_STAFF'],
    [false, true, 'BANNED'],
    [true, true, 'BANNED'],
  ])('removed by staff: %s, banned: %s, reads %s', (removedByStaff, banned, reason) => {
    expect(exclusionOf({ removedByStaff, banned })).toBe(reason);
  });
});
