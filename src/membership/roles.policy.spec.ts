import * as fc from 'fast-check';
import { arbitraryAccount, arbitraryClaims, arbitraryMember, run } from '../../test/support/any-claims';
import {
  ABSENT,
  ACCOUNT,
  BEFORE,
  CLAIM,
  ENDED,
  JOINED,
  LONG_AGO,
  NOW,
  outcomesOf,
  PRESENT,
  stepOf,
  UNKNOWN,
} from '../../test/support/claims';
import { type Claim, rolesOf, type Seen } from './claim.policy';
import { decide } from './decide.policy';
import { desiredRoles, missingRole, roleHeld, rolesLeftOver, surplusRole } from './roles.policy';

/** In, with the role. */
const HOLDING: Claim = { ...JOINED, removalPolicy: 'REMOVE_ROLE', roleId: 'new', grantedRoleId: 'new' };
const OVER: Claim = { ...HOLDING, enrolled: false, removalDueAt: BEFORE, removal: 'cleared' };
const FORMER: Claim = { ...HOLDING, current: false, grantedRoleId: null };
const inWith = (...roles: string[]): Seen => ({ ...PRESENT, roles });

describe('the roles of an account', () => {
  it('are those of all courses that want it in, each once', () => {
    const other = { ...HOLDING, roleId: 'other' };
    expect(desiredRoles([other, HOLDING, { ...HOLDING, roleId: null }, HOLDING], inWith())).toEqual(['new', 'other']);
    expect(missingRole([other, HOLDING], inWith('other'))).toBe('new');
    expect(missingRole([other, HOLDING], inWith('other', 'new'))).toBeNull();
  });

  it('lose every one that calls of ours may have given and nobody wants any more, one after the other', () => {
    const claim = { ...HOLDING, leftOverRoleIds: ['older', 'oldest'] };
    expect(surplusRole([claim], inWith('new', 'older', 'oldest', 'foreign'), NOW)).toBe('older');
    expect(surplusRole([claim], inWith('new', 'oldest', 'foreign'), NOW)).toBe('oldest');
    expect(surplusRole([claim], inWith('new', 'foreign'), NOW)).toBeNull();
  });

  it('keep what another course gives, in its grace or while it cannot be served too', () => {
    const claim = { ...HOLDING, leftOverRoleIds: ['older'] };
    const seen = inWith('new', 'older');
    for (const change of [
      {},
      { frozen: true },
      { notReady: true },
      { enrolled: false, removalDueAt: new Date('2026-07-01') },
    ])
      expect(
        surplusRole([claim, { ...HOLDING, roleId: 'older', grantedRoleId: 'older', ...change }], seen, NOW),
      ).toBeNull();
  });

  it('lose none that the bot does not stand above: that one stays known', () => {
    const seen = { ...inWith('new', 'older'), outOfReach: ['older'] };
    for (const some of [HOLDING, OVER, FORMER]) {
      const claim: Claim = { ...some, grantedRoleId: null, leftOverRoleIds: ['older'] };
      expect(surplusRole([claim], seen, NOW)).toBeNull();
      expect([...rolesLeftOver(claim, [claim], seen, NOW), roleHeld(claim, seen)]).toContain('older');
    }
  });

  it('are remembered as ours as long as they are held, and no longer', () => {
    const claim = { ...HOLDING, leftOverRoleIds: ['older', 'oldest'] };
    expect(rolesLeftOver(claim, [claim], inWith('new', 'oldest', 'foreign'), NOW)).toEqual(['oldest']);
    // Of an account that the student has exchanged, whatever its policy lets it keep is none of ours any more.
    const kept: Claim = { ...FORMER, removalPolicy: 'KEEP', leftOverRoleIds: ['older'] };
    expect(rolesLeftOver(kept, [kept], inWith('older'), NOW)).toEqual([]);
  });
});

describe('a role that we gave, and that is missing as far as was told last', () => {
  it('is looked for before it is forgotten, since what was told may be older', () => {
    expect(stepOf([OVER], { ...inWith(), isProtected: null })).toEqual({ type: 'look' });
    expect(stepOf([OVER], inWith())).toBeNull();
    expect(outcomesOf([OVER], inWith())).toEqual([{ status: 'removed', reason: 'ENROLLMENT_ENDED' }]);
  });

  it('stays known until it is to go', () => {
    for (const change of [{ removalDueAt: new Date('2026-07-01') }, { removal: 'held' as const }, { removal: null }]) {
      const decision = decide([{ ...OVER, ...change }], ACCOUNT, { ...inWith(), isProtected: null }, NOW);
      expect(decision.step === null && decision.settlements[0]?.grantedRoleId).toBe('new');
    }
  });
});

describe('a role that a student’s former account has', () => {
  it('is left to it by a course of theirs that keeps, not by one in which somebody else is enrolled with it now', () => {
    const former: Claim = { ...FORMER, leftOverRoleIds: ['older'] };
    const kind: Claim = { ...HOLDING, membershipId: 'm2', removalPolicy: 'KEEP' };
    expect(surplusRole([former, { ...kind, current: false }], inWith('new', 'older'), NOW)).toBeNull();
    expect(surplusRole([former, kind], inWith('new', 'older'), NOW)).toBe('older');
  });
});

describe('of two courses that only keep a role', () => {
  it('both remember it, so that whichever ends last takes it away', () => {
    const waiting: Claim = { ...OVER, removal: null, grantedRoleId: 'older', leftOverRoleIds: ['shared'] };
    const unready: Claim = {
      ...FORMER,
      current: true,
      notReady: true,
      grantedRoleId: 'new',
      leftOverRoleIds: ['shared'],
    };
    const claims = [waiting, unready];
    for (const claim of claims)
      expect(rolesLeftOver(claim, claims, inWith('new', 'older', 'shared'), NOW)).toEqual(['shared']);
  });
});

describe('bringing a student in', () => {
  it('gives the missing role to somebody who was in before, and never calls them ours', () => {
    const seen: Seen = { ...PRESENT, roles: [], joinedAt: LONG_AGO };
    expect(stepOf([CLAIM], seen)).toEqual({ type: 'grant-role', roleId: 'student' });
    expect(outcomesOf([CLAIM], { ...seen, roles: ['student'] })).toEqual([
      { status: 'joined', reason: 'ALREADY_MEMBER' },
    ]);
  });

  it('leaves a role away that somebody took, where the course respects that', () => {
    const respected: Claim = { ...JOINED, driftPolicy: 'RESPECT' };
    expect(outcomesOf([respected], { ...PRESENT, roles: [] })).toEqual([{ status: 'joined', reason: 'ADDED' }]);
    expect(stepOf([JOINED], { ...PRESENT, roles: [] })).toEqual({ type: 'grant-role', roleId: 'student' });
  });

  it('holds the role back until the screening is passed, where the course wants that', () => {
    const claim: Claim = { ...CLAIM, roleAfterScreening: true };
    expect(outcomesOf([claim], { ...PRESENT, roles: [], pending: true })).toEqual([
      { status: 'joined', reason: 'SCREENING_PENDING' },
    ]);
    expect(stepOf([claim], { ...PRESENT, roles: [] })).toEqual({ type: 'grant-role', roleId: 'student' });
    // Neither the add nor the invite may give it: whoever comes in has not passed anything yet.
    expect(stepOf([claim], UNKNOWN)).toEqual({ type: 'add', roleIds: [] });
    expect(stepOf([claim], ABSENT, { ...ACCOUNT, grant: 'no-grant' })).toMatchObject({ type: 'invite', roleIds: [] });
  });
});

describe('ending access', () => {
  it('takes the role only, where that is the policy', () => {
    const claim: Claim = { ...ENDED, removalPolicy: 'REMOVE_ROLE' };
    expect(stepOf([claim], PRESENT)).toEqual({ type: 'revoke-role', roleId: 'student' });
    expect(outcomesOf([claim], { ...PRESENT, roles: [] })).toEqual([{ status: 'removed', reason: 'ENROLLMENT_ENDED' }]);
  });

  it('keeps whoever another course shares the server with, and takes only the role that nobody else gives', () => {
    const other: Claim = { ...JOINED, membershipId: 'm2', roleId: 'algebra-2', grantedRoleId: 'algebra-2' };
    expect(stepOf([ENDED, other], { ...PRESENT, roles: ['student', 'algebra-2'] })).toEqual({
      type: 'revoke-role',
      roleId: 'student',
    });
    expect(outcomesOf([ENDED, other], { ...PRESENT, roles: ['algebra-2'] })).toEqual([
      { status: 'removed', reason: 'STILL_ENROLLED_ELSEWHERE' },
      { status: 'joined', reason: 'ADDED' },
    ]);
    const sameRole: Claim = { ...JOINED, membershipId: 'm2' };
    expect(outcomesOf([ENDED, sameRole], PRESENT)[0]).toEqual({
      status: 'removed',
      reason: 'STILL_ENROLLED_ELSEWHERE',
    });
  });
});

describe('in every situation', () => {
  it('touches only roles that a configuration names or that we gave', () => {
    fc.assert(
      fc.property(arbitraryClaims, arbitraryAccount, arbitraryMember, (claims, account, member) => {
        const { steps, world } = run(claims, account, member);
        for (const step of steps) {
          if (step.type === 'grant-role') expect(claims.map((claim) => claim.roleId)).toContain(step.roleId);
          if (step.type === 'revoke-role') expect(claims.flatMap(rolesOf)).toContain(step.roleId);
        }
        if (member?.roles.includes('foreign') && world.member) expect(world.member.roles).toContain('foreign');
      }),
      { numRuns: 2000 },
    );
  });

  it('knows of every role that we gave as long as the account holds it, and takes none that it cannot reach', () => {
    fc.assert(
      fc.property(arbitraryClaims, arbitraryAccount, arbitraryMember, (claims, account, member) => {
        const { steps, world, settlements } = run(claims, account, member);
        const known = settlements.flatMap(({ grantedRoleId, leftOverRoleIds }) => [grantedRoleId, ...leftOverRoleIds]);
        const given = world.claims.filter(({ current }) => current).flatMap(rolesOf);
        if (world.seen.presence === 'present')
          for (const role of world.member?.roles ?? []) if (given.includes(role)) expect(known).toContain(role);
        for (const step of steps)
          if (step.type === 'revoke-role') expect(member?.outOfReach ?? []).not.toContain(step.roleId);
      }),
      { numRuns: 2000 },
    );
  });
});
