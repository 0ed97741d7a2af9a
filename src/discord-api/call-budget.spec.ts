import fc from 'fast-check';
import { CallBudget } from './call-budget';

const PER_SECOND = 10;

describe('the budget of calls', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  it('is never overdrawn in any second as Discord counts it, however long calls and answers are on their way', async () => {
    const call = fc.record({
      begin: fc.integer({ min: 0, max: 5_000 }),
      there: fc.integer({ min: 0, max: 900 }),
      back: fc.integer({ min: 0, max: 900 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 80 }), async (calls) => {
        const budget = new CallBudget(PER_SECOND);
        const arrivals: number[] = [];
        const made = calls.map(async ({ begin, there, back }) => {
          await pause(begin);
          await budget.spend(false, async () => {
            await pause(there);
            arrivals.push(Date.now());
            await pause(back);
          });
        });
        await jest.advanceTimersByTimeAsync(60_000);
        await Promise.all(made);
        arrivals.sort((one, other) => one - other);
        const crowded = arrivals.filter((at, index) => (arrivals[index + PER_SECOND] ?? Infinity) - at < 1_000);
        expect(crowded).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('is spent to at least nine tenths when calls are quick', async () => {
    const budget = new CallBudget(PER_SECOND);
    let made = 0;
    for (let count = 0; count < 1_000; count += 1) {
      void budget.spend(true, async () => {
        made += 1;
        await pause(50);
      });
    }
    await jest.advanceTimersByTimeAsync(60_000);
    expect(made).toBeGreaterThanOrEqual(0.9 * 60 * PER_SECOND);
    expect(made).toBeLessThanOrEqual(61 * PER_SECOND);
  });

  it('goes to whoever somebody waits for before those who give way', async () => {
    const budget = new CallBudget(1);
    const order: string[] = [];
    const spend = (name: string, givesWay: boolean) =>
      budget.spend(givesWay, () => {
        order.push(name);
        return Promise.resolve();
      });
    void spend('first of the bulk', true);
    void spend('second of the bulk', true);
    void spend('a student who waits', false);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(order).toEqual(['first of the bulk', 'a student who waits', 'second of the bulk']);
  });

  it('has a place soon for somebody who waits, however much else there is to do', async () => {
    const budget = new CallBudget(PER_SECOND);
    for (let count = 0; count < 1_000; count += 1) void budget.spend(true, () => pause(5));
    // Any moment will do; the first second, in which the bulk finds every place free, and one long after it.
    for (const moment of [300, 450, 30_000]) {
      await jest.advanceTimersByTimeAsync(moment);
      const asked = Date.now();
      const answered = budget.spend(false, () => Promise.resolve(Date.now()));
      await jest.advanceTimersByTimeAsync(1_000);
      expect((await answered) - asked).toBeLessThanOrEqual((2 * 1_000) / PER_SECOND + 10);
    }
  });

  it('goes on after calls that fail', async () => {
    const budget = new CallBudget(1);
    const failed = budget
      .spend(false, () => Promise.reject(new Error('cut')))
      .catch((error: unknown) => (error as Error).message);
    const next = budget.spend(false, () => Promise.resolve('answered'));
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await Promise.all([failed, next])).toEqual(['cut', 'answered']);
  });
});
