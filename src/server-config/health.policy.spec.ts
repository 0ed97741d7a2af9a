import { hasToWait, healthOf, mergeReports } from './health.policy';
import { type PreflightCheckId } from './preflight-check';
import { type StoredReport } from './stored-report';

const MORNING = '2026-01-01T08:00:00.000Z';
const NOON = '2026-01-01T12:00:00.000Z';

function report(checkedAt: string, ...failed: PreflightCheckId[]): StoredReport {
  const ids: PreflightCheckId[] = ['BOT_PRESENT', 'MANAGE_ROLES'];
  return {
    checkedAt,
    checks: ids.map((id) => ({ id, required: true, concerns: 'server', passed: !failed.includes(id), message: id })),
  };
}

const on = { id: 'on', isActive: true };
const off = { id: 'off', isActive: false };

describe("a server's health", () => {
  it('is unchecked until somebody looked', () => {
    expect(healthOf([on], {})).toBe('UNCHECKED');
  });

  it('is degraded as soon as one active configuration lacks something', () => {
    expect(healthOf([on, off], { on: report(NOON), off: report(NOON) })).toBe('HEALTHY');
    expect(healthOf([on, off], { on: report(NOON, 'MANAGE_ROLES'), off: report(NOON) })).toBe('DEGRADED');
    expect(healthOf([on, off], { on: report(NOON), off: report(NOON, 'MANAGE_ROLES') })).toBe('HEALTHY');
  });

  it('is unreachable while the bot is not there, as the newest report says', () => {
    expect(healthOf([off], { off: report(NOON, 'BOT_PRESENT') })).toBe('UNREACHABLE');
    expect(healthOf([on, off], { on: report(NOON), off: report(MORNING, 'BOT_PRESENT') })).toBe('HEALTHY');
  });
});

describe("a server's work", () => {
  const blocked = (obstacles: { server: string | null; course: string | null }): StoredReport => ({
    ...report(NOON),
    obstacles,
  });

  it('waits for what concerns everybody, and for a look at the server', () => {
    expect(hasToWait([on], {})).toBe(true);
    expect(hasToWait([on], { on: report(NOON, 'BOT_PRESENT') })).toBe(true);
    expect(hasToWait([on], { on: blocked({ server: 'Turn on “Manage Roles”.', course: null }) })).toBe(true);
  });

  it('does not wait for what concerns one course, or one that is switched off', () => {
    expect(hasToWait([on], { on: blocked({ server: null, course: 'Choose another role.' }) })).toBe(false);
    const missing = blocked({ server: 'Turn on “Kick Members”.', course: null });
    expect(hasToWait([on, off], { on: report(NOON), off: missing })).toBe(false);
  });
});

describe('merging reports', () => {
  it('keeps the newer one of each configuration, whichever came in last', () => {
    const stored = { on: report(NOON) };
    expect(mergeReports([on], stored, { on: report(MORNING, 'MANAGE_ROLES') })).toEqual(stored);
    expect(mergeReports([on], { on: report(MORNING) }, stored)).toEqual(stored);
  });

  it('forgets configurations that are gone', () => {
    expect(mergeReports([on], { gone: report(NOON) }, {})).toEqual({});
  });
});
