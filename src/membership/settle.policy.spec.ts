import * as fc from 'fast-check';
import { arbitraryAccount, arbitraryClaims, arbitraryMember, run } from '../../test/support/any-claims';
import {
  ABSENT,
  ACCOUNT,
  BEFORE,
  CLAIM,
  ENDED,
  JOINED,
  NOW,
  outcomesOf,
  PRESENT,
  stepOf,
  UNKNOWN,
} from '../../test/support/claims';
import { type Account, awaitsBrake, type Claim } from './claim.policy';
import { REASONS_OF_STATUS } from './explanation.policy';

describe('bringing a student in', () => {
  it('makes no call for a student who has linked no account', () => {
    const nobody: Account = { discordUserId: null, grant: 'no-grant', refusal: null };
    expect(outcomesOf([CLAIM], UNKNOWN, nobody)).toEqual([{ status: 'pending', reason: 'ACCOUNT_NOT_LINKED' }]);
  });

  it('does not renew an expired invite by itself', () => {
    const expired: Claim = { ...CLAIM, status: 'invited', invite: { code: 'c', expiresAt: BEFORE } };
    expect(outcomesOf([expired], ABSENT, { ...ACCOUNT, grant: 'dead' })).toEqual([
      { status: 'invited', reason: 'INVITE_EXPIRED' },
    ]);
  });

  it('respects that a student left, and stops respecting it once they are back', () => {
    const left: Claim = { ...JOINED, leftByChoice: true };
    expect(outcomesOf([left], ABSENT)).toEqual([{ status: 'left', reason: 'LEFT_BY_CHOICE' }]);
    expect(outcomesOf([left], PRESENT)).toEqual([{ status: 'joined', reason: 'ADDED' }]);
  });

  it('says what no invite can solve', () => {
    expect(outcomesOf([CLAIM], ABSENT, { ...ACCOUNT, refusal: 'GUILD_LIMIT_REACHED' })).toEqual([
      { status: 'pending', reason: 'GUILD_LIMIT_REACHED' },
    ]);
  });
});

describe('a course whose role or channel cannot be served', () => {
  const UNREADY: Claim = { ...CLAIM, notReady: true };

  it('lets its students wait without a call, and tells them', () => {
    expect(outcomesOf([UNREADY], UNKNOWN)).toEqual([{ status: 'pending', reason: 'SERVER_NOT_READY' }]);
    expect(outcomesOf([{ ...UNREADY, autoInvite: false }], UNKNOWN)).toEqual([
      { status: 'pending', reason: 'NOT_INVITED' },
    ]);
    const nobody: Account = { discordUserId: null, grant: 'no-grant', refusal: null };
    expect(outcomesOf([UNREADY], UNKNOWN, nobody)).toEqual([{ status: 'pending', reason: 'ACCOUNT_NOT_LINKED' }]);
  });

  it('leaves whoever is in as they stand while a call is open that did not concern that', () => {
    expect(outcomesOf([{ ...JOINED, notReady: true }], UNKNOWN)).toEqual([{ status: 'joined', reason: 'ADDED' }]);
  });

  it('does not keep another course in the same server from going on, without its role', () => {
    const other: Claim = { ...CLAIM, membershipId: 'm2', roleId: 'algebra-2' };
    expect(stepOf([UNREADY, other], UNKNOWN)).toEqual({ type: 'add', roleIds: ['algebra-2'] });
    expect(outcomesOf([UNREADY, other], { ...PRESENT, roles: ['algebra-2'] }).map((outcome) => outcome)).toMatchObject([
      { status: 'joined' },
      { status: 'joined' },
    ]);
  });

  it('still tells who is in and who has left', () => {
    const joined: Claim = { ...JOINED, notReady: true };
    expect(outcomesOf([joined], { ...PRESENT, roles: [] })).toEqual([{ status: 'joined', reason: 'ADDED' }]);
    expect(outcomesOf([{ ...joined, leftByChoice: true }], ABSENT)).toEqual([
      { status: 'left', reason: 'LEFT_BY_CHOICE' },
    ]);
  });
});

describe('ending access', () => {
  it('changes nothing on Discord where the policy is to keep', () => {
    expect(outcomesOf([{ ...ENDED, removalPolicy: 'KEEP' }], PRESENT)).toEqual([
      { status: 'removed', reason: 'ENROLLMENT_ENDED' },
    ]);
  });

  it('says of whom another course’s held or cancelled removal keeps that they are kept by it, not that they are protected', () => {
    for (const removal of ['held', 'suspended'] as const) {
      const other: Claim = { ...ENDED, membershipId: 'm2', removal };
      expect(outcomesOf([ENDED, other], PRESENT)).toEqual([
        { status: 'removed', reason: 'STILL_ENROLLED_ELSEWHERE' },
        { status: 'joined', reason: 'REMOVAL_HELD' },
      ]);
    }
  });

  it('is settled for none of the account’s courses before the brake has looked at all: they would forget what they did', () => {
    const unseen: Claim = { ...CLAIM, membershipId: 'm2', enrolled: false, removalDueAt: BEFORE };
    for (const removalPolicy of ['KICK', 'REMOVE_ROLE'] as const) {
      const both = [ENDED, unseen].map((claim): Claim => ({ ...claim, removalPolicy }));
      // With the role still there: what is taken is told with the end of the membership that it was for.
      expect(outcomesOf(both, PRESENT)).toEqual([
        { status: 'joined', reason: 'ADDED' },
        { status: 'pending', reason: 'QUEUED' },
      ]);
      const cleared = both.map((claim): Claim => ({ ...claim, removal: 'cleared' }));
      expect(stepOf(cleared, PRESENT)?.type).toBe(removalPolicy === 'KICK' ? 'kick' : 'revoke-role');
    }
  });

  it('makes no call for a course that ended before anything was done', () => {
    expect(outcomesOf([{ ...CLAIM, enrolled: false, removalDueAt: BEFORE }], UNKNOWN)).toEqual([
      { status: 'removed', reason: 'ENROLLMENT_ENDED' },
    ]);
  });
});

describe('in every situation', () => {
  it('settles every membership that is its own to settle with a reason that may stand with its status', () => {
    fc.assert(
      fc.property(arbitraryClaims, arbitraryAccount, arbitraryMember, (claims, account, member) => {
        const { settlements } = run(claims, account, member);
        for (const { membershipId, outcome } of settlements) {
          const claim = claims.find((candidate) => candidate.membershipId === membershipId);
          // Left as it stands, whatever that is: frozen, or about to be looked at by the brake.
          if (
            outcome === null ||
            !claim ||
            claim.frozen ||
            claim.notReady ||
            awaitsBrake(claim, NOW, { presence: 'present' })
          )
            continue;
          expect(REASONS_OF_STATUS[outcome.status]).toContain(outcome.reason);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
