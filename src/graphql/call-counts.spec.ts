import { CallCounts } from './call-counts';

const MINUTE = 60_000;

describe('counting calls', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0, doNotFake: ['nextTick'] }));
  afterEach(() => jest.useRealTimers());

  it('lets as many through as the limit says, then says how long to wait', async () => {
    const counts = new CallCounts(10);
    for (let call = 1; call <= 3; call += 1) {
      expect(await counts.increment('ayu', MINUTE, 3)).toMatchObject({ totalHits: call, isBlocked: false });
    }
    jest.setSystemTime(MINUTE - 10_500);
    expect(await counts.increment('ayu', MINUTE, 3)).toMatchObject({ isBlocked: true, timeToBlockExpire: 11 });
    expect(await counts.increment('budi', MINUTE, 3)).toMatchObject({ isBlocked: false });
    jest.setSystemTime(MINUTE);
    expect(await counts.increment('ayu', MINUTE, 3)).toMatchObject({ totalHits: 1, isBlocked: false });
  });

  it('remembers no more callers than it may: those whose minute is over go first, then the oldest', async () => {
    const counts = new CallCounts(3);
    for (const caller of ['a', 'b', 'c']) await counts.increment(caller, MINUTE, 1);
    await counts.increment('d', MINUTE, 1);
    expect(counts.size).toBe(3);
    expect(await counts.increment('b', MINUTE, 1)).toMatchObject({ totalHits: 2 });
    expect(await counts.increment('a', MINUTE, 1)).toMatchObject({ totalHits: 1 });
    jest.setSystemTime(MINUTE);
    await counts.increment('e', MINUTE, 1);
    expect(counts.size).toBe(1);
  });
});
