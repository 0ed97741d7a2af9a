/** Does something while every clock of this process (the service's and the local Discord's) is ahead, or behind. */
export async function withClockAt<Result>(offsetMs: number, work: () => Promise<Result>): Promise<Result> {
  // Only the clock jumps; whatever waits goes on waiting.
  jest.useFakeTimers({
    now: Date.now() + offsetMs,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
  try {
    return await work();
  } finally {
    jest.useRealTimers();
  }
}
