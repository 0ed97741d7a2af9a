import { type Config } from '../../config/config';
import { gatewayTiming } from './gateway-timing';
import { refusedDelay, retryDelay } from './retry-delay.policy';

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

describe('how long to wait after Discord refused the token or the intents', () => {
  it.each([true, false])(
    'is so long that a day of refusals costs few of the 1,000 sessions (production: %s)',
    (production) => {
      const timing = gatewayTiming({ production } as Config);
      let attempts = 0;
      for (let elapsed = 0; elapsed < 86_400_000; attempts += 1) elapsed += refusedDelay(attempts, timing);
      expect(attempts).toBeLessThan(200);
      expect(attempts).toBeGreaterThan(100);
    },
  );
});
