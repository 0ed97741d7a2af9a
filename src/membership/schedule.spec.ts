import { lastSlot } from './schedule';

describe('the last slot of a schedule', () => {
  it('is the latest time at which it was due', () => {
    expect(lastSlot('0 2 * * *', 'UTC', new Date('2026-03-05T10:00:00Z'))?.toISOString()).toBe(
      '2026-03-05T02:00:00.000Z',
    );
    expect(lastSlot('0 2 * * *', 'UTC', new Date('2026-03-05T01:59:59Z'))?.toISOString()).toBe(
      '2026-03-04T02:00:00.000Z',
    );
    expect(lastSlot('0 2 * * *', 'UTC', new Date('2026-03-05T02:00:00Z'))?.toISOString()).toBe(
      '2026-03-05T02:00:00.000Z',
    );
  });

  it('follows the time zone', () => {
    expect(lastSlot('0 2 * * *', 'Asia/Jakarta', new Date('2026-03-05T10:00:00Z'))?.toISOString()).toBe(
      '2026-03-04T19:00:00.000Z',
    );
  });
});
