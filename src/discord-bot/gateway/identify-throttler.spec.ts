import { IdentifyThrottler } from './identify-throttler';

/** Whether this shard still waits after so many milliseconds, and then gives up. */
async function waits(throttler: IdentifyThrottler, shardId: number, patience: number): Promise<boolean> {
  const giveUp = AbortSignal.timeout(patience);
  return throttler.waitForIdentify(shardId, giveUp).then(
    () => false,
    () => true,
  );
}

describe('when shards may identify', () => {
  it('one at a time, unless Discord allows more', async () => {
    const throttler = new IdentifyThrottler(2);
    expect(await waits(throttler, 0, 100)).toBe(false);
    expect(await waits(throttler, 1, 100)).toBe(false);
    expect(await waits(throttler, 2, 100)).toBe(true);
  });

  it('a shard that no longer wants its slot leaves it to the next one', async () => {
    const throttler = new IdentifyThrottler(1);
    const clock = jest.spyOn(Date, 'now');
    const begin = 1_000_000;
    clock.mockReturnValue(begin);
    expect(await waits(throttler, 0, 100)).toBe(false);
    expect(await waits(throttler, 0, 100)).toBe(true);
    clock.mockReturnValue(begin + 5_000);
    expect(await waits(throttler, 0, 100)).toBe(false);
    clock.mockRestore();
  });
});
