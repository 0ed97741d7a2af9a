import { retryDelay } from './retry-delay.policy';

const timing = { firstRetry: 500, longestRetry: 30_000 };

describe('how long to wait before the gateway is tried again', () => {
  it('doubles with every failure, up to half a minute', () => {
    const delays = [0, 1, 2, 5, 6, 7, 1000].map((failures) => retryDelay(failures, timing, 1));
    expect(delays).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('varies by half, so that processes do not come back together', () => {
    expect(retryDelay(3, timing, 0)).toBe(2000);
    expect(retryDelay(3, timing, 0.5)).toBe(3000);
  });
});
