import { type Claim, type Seen } from './claim.policy';
import { desiredRoles, missingRole, roleHeld, rolesLeftOver, surplusRole } from './roles.policy';

const NOW = new Date('2026-06-01T12:00:00Z');
const BEFORE = new Date('2026-05-01T12:00:00Z');

/** In, with the role. */
const CLAIM: Claim = {
  membershipId: 'algebra',
  enrolled: true,
  frozen: false,
  notReady: false,
  current: true,
  leftByChoice: false,
  removedByStaff: false,
  removedByModerator: false,
  banned: false,
  requested: false,
  autoInvite: true,
  adoptExisting: false,
  roleAfterScreening: false,
  driftPolicy: 'REPAIR',
  removalPolicy: 'REMOVE_ROLE',
  removalsPaused: false,
  removal: null,
  removalDueAt: null,
  expiresAt: null,
  roleId: 'new',
  grantedRoleId: 'new',
  leftOverRoleIds: [],
  acted: true,
  broughtInByUs: true,
  status: 'joined',
  reason: 'ADDED',
  since: BEFORE,
  invite: null,
};
const ENDED: Claim = { ...CLAIM, enrolled: false, removalDueAt: BEFORE, removal: 'cleared' };
const FORMER: Claim = { ...CLAIM, current: false, grantedRoleId: null };
const inWith = (...roles: string[]): Seen => ({
  presence: 'present',
  roles,
  outOfReach: [],
  joinedAt: NOW,
  pending: false,
  isProtected: false,
});

describe('the roles of an account', () => {
  it('are those of all courses that want it in, each once', () => {
    const other = { ...CLAIM, roleId: 'other' };
    expect(desiredRoles([other, CLAIM, { ...CLAIM, roleId: null }, CLAIM], inWith())).toEqual(['new', 'other']);
    expect(missingRole([other, CLAIM], inWith('other'))).toBe('new');
    expect(missingRole([other, CLAIM], inWith('other', 'new'))).toBeNull();
  });

  it('lose every one that calls of ours may have given and nobody wants any more, one after the other', () => {
    const claim = { ...CLAIM, leftOverRoleIds: ['older', 'oldest'] };
    expect(surplusRole([claim], inWith('new', 'older', 'oldest', 'foreign'), NOW)).toBe('older');
    expect(surplusRole([claim], inWith('new', 'oldest', 'foreign'), NOW)).toBe('oldest');
    expect(surplusRole([claim], inWith('new', 'foreign'), NOW)).toBeNull();
  });

  it('keep what another course gives, in its grace or while it cannot be served too', () => {
    const claim = { ...CLAIM, leftOverRoleIds: ['older'] };
    const seen = inWith('new', 'older');
    for (const change of [
      {},
      { frozen: true },
      { notReady: true },
      { enrolled: false, removalDueAt: new Date('2026-07-01') },
    ])
      expect(
        surplusRole([claim, { ...CLAIM, roleId: 'older', grantedRoleId: 'older', ...change }], seen, NOW),
      ).toBeNull();
  });

  it('lose none that the bot does not stand above: that one stays known', () => {
    const seen = { ...inWith('new', 'older'), outOfReach: ['older'] };
    for (const some of [CLAIM, ENDED, FORMER]) {
      const claim: Claim = { ...some, grantedRoleId: null, leftOverRoleIds: ['older'] };
      expect(surplusRole([claim], seen, NOW)).toBeNull();
      expect([...rolesLeftOver(claim, [claim], seen, NOW), roleHeld(claim, seen)]).toContain('older');
    }
  });

  it('are remembered as ours as long as they are held, and no longer', () => {
    const claim = { ...CLAIM, leftOverRoleIds: ['older', 'oldest'] };
    expect(rolesLeftOver(claim, [claim], inWith('new', 'oldest', 'foreign'), NOW)).toEqual(['oldest']);
    // Of an account that the student has exchanged, whatever its policy lets it keep is none of ours any more.
    const kept: Claim = { ...FORMER, removalPolicy: 'KEEP', leftOverRoleIds: ['older'] };
    expect(rolesLeftOver(kept, [kept], inWith('older'), NOW)).toEqual([]);
  });
});
