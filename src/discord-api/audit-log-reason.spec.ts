import { auditLogReason } from './audit-log-reason';

describe("the reason in Discord's audit log", () => {
  it('stays as it is when it is short', () => {
    expect(auditLogReason('The enrollment in "Rust für Anfänger" has ended')).toBe(
      'The enrollment in "Rust für Anfänger" has ended',
    );
  });

  it('never passes 512 characters once it is URL-encoded', () => {
    expect(auditLogReason('a'.repeat(600))).toHaveLength(512);
    expect(encodeURIComponent(auditLogReason('ü'.repeat(600)))).toHaveLength(510);
  });

  it('is never cut inside a character', () => {
    const cut = auditLogReason('🎓'.repeat(100));
    expect(cut).toBe('🎓'.repeat(42));
  });

  it('survives text that is not well formed', () => {
    expect(auditLogReason('a\ud83cb')).toBe('a\ufffdb');
  });
});
