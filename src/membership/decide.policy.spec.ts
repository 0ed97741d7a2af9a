import * as fc from 'fast-check';
import { arbitraryAccount, arbitraryClaims, arbitraryMember, run } from '../../test/support/any-claims';
import {
  ABSENT,
  ACCOUNT,
  BEFORE,
  CLAIM,
  ENDED,
  JOINED,
  LATER,
  LONG_AGO,
  NOW,
  outcomesOf,
  PRESENT,
  stepOf,
  UNKNOWN,
} from '../../test/support/claims';
import { type Account, awaitsBrake, type Claim, rolesOf, type Seen } from './claim.policy';
import { decide } from './decide.policy';

describe('bringing a student in', () => {
  it('adds whoever is enrolled and linked, with the role, in one call', () => {
    expect(stepOf([CLAIM], UNKNOWN)).toEqual({ type: 'add', roleIds: ['student'] });
    expect(outcomesOf([{ ...CLAIM, acted: true }], PRESENT)).toEqual([{ status: 'joined', reason: 'ADDED' }]);
  });

  it('looks once, then invites whoever asked not to be added', () => {
    const account: Account = { ...ACCOUNT, grant: 'no-grant' };
    expect(stepOf([CLAIM], UNKNOWN, account)).toEqual({ type: 'look' });
    expect(stepOf([CLAIM], ABSENT, account)).toEqual({ type: 'invite', membershipId: 'm1', roleIds: ['student'] });
    const invited: Claim = { ...CLAIM, acted: true, invite: { code: 'c', expiresAt: LATER } };
    expect(outcomesOf([invited], ABSENT, account)).toEqual([{ status: 'invited', reason: 'INVITE_OPEN' }]);
    const used = { code: 'c', expiresAt: BEFORE };
    expect(outcomesOf([{ ...invited, status: 'invited', invite: used }], PRESENT, account)).toEqual([
      { status: 'joined', reason: 'USED_INVITE' },
    ]);
  });

  it('takes an invite back that is still open when the student has come in by another way', () => {
    const invited: Claim = { ...CLAIM, acted: true, status: 'invited', invite: { code: 'c', expiresAt: LATER } };
    expect(stepOf([invited], PRESENT)).toEqual({ type: 'revoke-invite', membershipId: 'm1', code: 'c' });
    expect(outcomesOf([{ ...invited, broughtInByUs: true, invite: null }], PRESENT)).toEqual([
      { status: 'joined', reason: 'ADDED' },
    ]);
  });

  it('takes an invite back again that may be gone, and then makes a new one: the answer to the first time is lost', () => {
    const account: Account = { ...ACCOUNT, grant: 'no-grant' };
    const half: Claim = {
      ...CLAIM,
      acted: true,
      status: 'invited',
      invite: { code: 'c', expiresAt: LATER, isHalfRevoked: true },
    };
    expect(stepOf([half], ABSENT, account)).toEqual({ type: 'revoke-invite', membershipId: 'm1', code: 'c' });
    expect(stepOf([{ ...half, invite: null }], ABSENT, account)).toMatchObject({ type: 'invite' });
  });
});

describe('ending access', () => {
  it('kicks whoever we brought in, once the grace is over', () => {
    expect(stepOf([ENDED], PRESENT)).toEqual({ type: 'kick' });
    expect(outcomesOf([{ ...ENDED, removalDueAt: LATER }], PRESENT)).toEqual([
      { status: 'joined', reason: 'GRACE_PERIOD' },
    ]);
    expect(outcomesOf([ENDED], ABSENT)).toEqual([{ status: 'removed', reason: 'ENROLLMENT_ENDED' }]);
  });

  it('looks before it kicks somebody whom it has not seen lately', () => {
    expect(stepOf([ENDED], { ...PRESENT, isProtected: null })).toEqual({ type: 'look' });
  });

  it('brings back whose removal was undone, with the role, and keeps them', () => {
    const undone: Claim = { ...ENDED, status: 'removed', acted: false, grantedRoleId: null, removal: 'restored' };
    expect(stepOf([undone], ABSENT)).toEqual({ type: 'add', roleIds: ['student'] });
    expect(outcomesOf([undone], PRESENT)).toEqual([{ status: 'joined', reason: 'REMOVAL_HELD' }]);
  });

  it('never kicks a protected member: they lose our role only', () => {
    const owner: Seen = { ...PRESENT, isProtected: true };
    expect(stepOf([ENDED], owner)).toEqual({ type: 'revoke-role', roleId: 'student' });
    expect(outcomesOf([ENDED], { ...owner, roles: [] })).toEqual([{ status: 'removed', reason: 'PROTECTED_MEMBER' }]);
  });

  it('takes an open invite back', () => {
    const invited: Claim = {
      ...CLAIM,
      enrolled: false,
      removalDueAt: BEFORE,
      acted: true,
      status: 'invited',
      invite: { code: 'c', expiresAt: LATER },
    };
    expect(stepOf([invited], ABSENT)).toEqual({ type: 'revoke-invite', membershipId: 'm1', code: 'c' });
  });

  it('cleans up an account that the student has exchanged for another', () => {
    const old: Claim = { ...JOINED, current: false };
    expect(stepOf([old], PRESENT)).toEqual({ type: 'kick' });
    expect(outcomesOf([old], ABSENT)).toEqual([null]);
  });
});

const wants = (claim: Claim): boolean =>
  claim.enrolled &&
  !claim.frozen &&
  !claim.notReady &&
  claim.current &&
  !claim.removedByStaff &&
  !claim.banned &&
  !claim.leftByChoice &&
  claim.removal !== 'held' &&
  (claim.autoInvite || claim.requested || claim.status === 'joined');

/** An ended enrollment that neither staff nor the student has a say in. */
const isAskedNothing = (claim: Claim): boolean =>
  !claim.enrolled && !claim.frozen && claim.current && !claim.removedByStaff && !claim.banned && !claim.leftByChoice;

describe('in every situation', () => {
  it('comes to an end, and asking again once everything is done costs no call', () => {
    fc.assert(
      fc.property(arbitraryClaims, arbitraryAccount, arbitraryMember, (claims, account, member) => {
        const { world, settlements } = run(claims, account, member);
        expect(settlements).toHaveLength(claims.length);
        expect(decide(world.claims, account, world.seen, NOW).step).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  it('kicks nobody who is protected, wanted by any course, in a grace, or was there before us', () => {
    fc.assert(
      fc.property(arbitraryClaims, arbitraryAccount, arbitraryMember, (claims, account, member) => {
        const { steps } = run(claims, account, member);
        if (!steps.some((step) => step.type === 'kick')) return;
        expect(member?.isProtected).toBe(false);
        expect(claims.some(wants)).toBe(false);
        expect(claims.some((claim) => awaitsBrake(claim, NOW, { presence: 'present' }))).toBe(false);
        expect(
          claims.filter(isAskedNothing).some((claim) => claim.removal !== 'cleared' && claim.removal !== null),
        ).toBe(false);
        expect(
          claims.every(
            (claim) =>
              claim.frozen ||
              !claim.current ||
              claim.removedByStaff ||
              claim.banned ||
              claim.leftByChoice ||
              claim.removalDueAt !== LATER,
          ),
        ).toBe(true);
        expect(
          member?.joinedAt === NOW ||
            claims.some(
              (claim) =>
                claim.broughtInByUs ||
                claim.since === LONG_AGO ||
                (claim.adoptExisting && claim.enrolled && claim.current),
            ),
        ).toBe(true);
        expect(claims.every((claim) => claim.removalPolicy === 'KICK' || claim.frozen || claim.leftByChoice)).toBe(
          true,
        );
      }),
      { numRuns: 5000 },
    );
  });

  it('makes no call for a course that cannot be served', () => {
    fc.assert(
      fc.property(arbitraryClaims, arbitraryAccount, arbitraryMember, (claims, account, member) => {
        const unready = claims.map((claim) => ({ ...claim, notReady: true }));
        expect(run(unready, account, member).steps).toEqual([]);
        const [first, ...others] = claims;
        if (!first) return;
        const { steps } = run([{ ...first, notReady: true }, ...others], account, member);
        const rolesOfOthers = others.flatMap((claim) => [claim.roleId, ...rolesOf(claim)]);
        for (const step of steps) {
          if (step.type === 'grant-role' || step.type === 'revoke-role') expect(rolesOfOthers).toContain(step.roleId);
          if ('roleIds' in step) for (const role of step.roleIds) expect(rolesOfOthers).toContain(role);
          if (step.type === 'kick') expect(wants({ ...first, notReady: false })).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('makes no call for courses that are switched off', () => {
    fc.assert(
      fc.property(arbitraryClaims, arbitraryAccount, arbitraryMember, (claims, account, member) => {
        const frozen = claims.map((claim) => ({ ...claim, frozen: true }));
        expect(run(frozen, account, member).steps).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves every wanted student in the server with the role, when Discord lets us', () => {
    fc.assert(
      fc.property(arbitraryClaims, arbitraryMember, (claims, member) => {
        const { world } = run(claims, ACCOUNT, member);
        for (const claim of world.claims.filter(wants)) {
          expect(world.member).not.toBeNull();
          const withheld = claim.roleAfterScreening && world.member?.pending;
          if (claim.roleId && claim.driftPolicy === 'REPAIR' && !withheld)
            expect(world.member?.roles).toContain(claim.roleId);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
