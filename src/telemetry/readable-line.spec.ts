import { readableLine } from './readable-line';

const time = Date.UTC(2026, 0, 1, 12, 30, 5, 7);

describe('the log at a terminal', () => {
  it('is one line for an entry', () => {
    const entry = {
      level: 30,
      time,
      pid: 1,
      hostname: 'h',
      context: 'Reconciler',
      msg: 'Drained',
      guildId: '7',
      calls: 3,
    };
    expect(readableLine(JSON.stringify(entry))).toBe('12:30:05.007 info  [Reconciler] Drained guildId=7 calls=3\n');
  });

  it('shows a request with its answer', () => {
    const entry = {
      level: 30,
      time,
      req: { id: 'x', method: 'GET', path: '/health/ready' },
      res: { status: 200 },
      responseTime: 3,
      msg: 'request completed',
    };
    expect(readableLine(JSON.stringify(entry))).toBe(
      '12:30:05.007 info  request completed GET /health/ready 200 3 ms\n',
    );
  });

  it("puts an error's stack below", () => {
    const entry = { level: 50, time, msg: 'failed', err: { message: 'no', stack: 'Error: no\n    at x' } };
    expect(readableLine(JSON.stringify(entry))).toBe('12:30:05.007 ERROR failed\n    Error: no\n        at x\n');
  });

  it('passes through what is no entry', () => {
    expect(readableLine('plain\n')).toBe('plain\n');
  });
});
