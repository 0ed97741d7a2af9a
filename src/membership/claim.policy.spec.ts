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
import { awaitsBrake, type Claim, type Seen } from './claim.policy';
import { decide } from './decide.policy';

describe('bringing a student in', () => {
  it('takes with it what it gave a former account that came in unseen, by an invite or by a call whose answer was lost', () => {
    const former: Claim = { ...CLAIM, current: false, acted: true, grantedRoleId: 'student' };
    for (const status of ['invited', 'pending'] as const) {
      expect(stepOf([{ ...former, status }], { ...PRESENT, isProtected: false })).toEqual({ type: 'kick' });
      expect(stepOf([{ ...former, status, removalPolicy: 'REMOVE_ROLE' }], PRESENT)).toEqual({
        type: 'revoke-role',
        roleId: 'student',
      });
      // Who was there before the first membership was not brought in by us.
      expect(stepOf([{ ...former, status }], { ...PRESENT, joinedAt: new Date(0), isProtected: false })).toEqual({
        type: 'revoke-role',
        roleId: 'student',
      });
    }
  });

  it('waits for staff where enrolling alone does not invite', () => {
    expect(outcomesOf([{ ...CLAIM, autoInvite: false }], UNKNOWN)).toEqual([
      { status: 'pending', reason: 'NOT_INVITED' },
    ]);
    expect(stepOf([{ ...CLAIM, autoInvite: false, requested: true }], UNKNOWN)?.type).toBe('add');
  });

  it('concludes nothing of a student who is missing together with too many others, until they are seen or somebody says', () => {
    const doubted: Claim = { ...JOINED, removal: 'held' };
    expect(outcomesOf([doubted], ABSENT)).toEqual([{ status: 'joined', reason: 'REMOVAL_HELD' }]);
    expect(decide([doubted], ACCOUNT, ABSENT, NOW)).toMatchObject({
      settlements: [{ grantedRoleId: 'student', broughtInByUs: true }],
    });
    expect(outcomesOf([doubted], PRESENT)).toEqual([{ status: 'joined', reason: 'ADDED' }]);
    expect(stepOf([{ ...doubted, removal: null }], ABSENT)?.type).toBe('add');
    expect(outcomesOf([{ ...doubted, removal: null, leftByChoice: true }], ABSENT)).toEqual([
      { status: 'left', reason: 'LEFT_BY_CHOICE' },
    ]);
    // Another course that wants them in brings them in all the same.
    expect(stepOf([doubted, { ...CLAIM, membershipId: 'm2' }], ABSENT)?.type).toBe('add');
  });
});

describe('ending access', () => {
  it('takes nothing away before the brake has looked, nor while a person has to decide', () => {
    for (const removal of [null, 'held', 'suspended'] as const)
      expect(stepOf([{ ...ENDED, removal }], PRESENT)).toBeNull();
    expect(outcomesOf([{ ...ENDED, removal: 'held' }], PRESENT)).toEqual([
      { status: 'joined', reason: 'REMOVAL_HELD' },
    ]);
    expect(stepOf([{ ...ENDED, removal: null, removedByStaff: true }], PRESENT)).toEqual({ type: 'kick' });
  });

  it('leaves alone whoever stayed when their access ended, though the policy has become stricter since', () => {
    const guest: Claim = {
      ...ENDED,
      status: 'removed',
      reason: 'ENROLLMENT_ENDED',
      acted: false,
      grantedRoleId: null,
      broughtInByUs: false,
    };
    expect(stepOf([guest], PRESENT)).toBeNull();
    expect(outcomesOf([guest], PRESENT)).toEqual([{ status: 'removed', reason: 'ENROLLMENT_ENDED' }]);
    expect(stepOf([{ ...guest, removal: null }], PRESENT)).toBeNull();
    // Somebody whom staff removed is not a guest.
    expect(stepOf([{ ...guest, removedByStaff: true }], PRESENT)).toEqual({ type: 'kick' });
    // Whom a moderator kicked, moderators may let in again.
    expect(stepOf([{ ...guest, removedByStaff: true, removedByModerator: true }], PRESENT)).toBeNull();
  });

  it('never kicks somebody who was in the server before us', () => {
    const seen: Seen = { ...PRESENT, joinedAt: LONG_AGO };
    expect(stepOf([{ ...ENDED, broughtInByUs: false }], seen)).toEqual({ type: 'revoke-role', roleId: 'student' });
  });

  it('lets the brake look first, also at who was invited, or was being added, and is found to be in', () => {
    for (const status of ['invited', 'pending'] as const) {
      const ended: Claim = { ...CLAIM, enrolled: false, acted: true, status, grantedRoleId: 'student', removal: null };
      expect(awaitsBrake(ended, NOW, PRESENT)).toBe(true);
      expect(stepOf([ended], { ...PRESENT, isProtected: false })).toBeNull();
      expect(stepOf([{ ...ended, removal: 'cleared' }], { ...PRESENT, isProtected: false })).toEqual({ type: 'kick' });
    }
    // Who is not in loses nothing by taking the invite back.
    expect(awaitsBrake({ ...CLAIM, enrolled: false, acted: true, status: 'invited' }, NOW, ABSENT)).toBe(false);
  });

  it('does not touch the memberships of an inactive configuration, and counts them against a removal', () => {
    const frozen: Claim = { ...JOINED, membershipId: 'm2', frozen: true, grantedRoleId: 'other' };
    expect(outcomesOf([frozen], PRESENT)).toEqual([{ status: 'joined', reason: 'ADDED' }]);
    expect(stepOf([ENDED, frozen], { ...PRESENT, roles: ['student', 'other'] })).toEqual({
      type: 'revoke-role',
      roleId: 'student',
    });
  });

  it.each<[string, Partial<Claim>]>([
    ['has only invited them', { status: 'invited', reason: 'INVITE_OPEN' }],
    ['had not brought them in yet', { status: 'pending', reason: 'QUEUED' }],
    ['they had left', { status: 'left', reason: 'LEFT_BY_CHOICE', leftByChoice: true }],
    ['keeps whom somebody has decided to keep', { enrolled: false, removalDueAt: BEFORE, removal: 'suspended' }],
    ['keeps everybody', { enrolled: false, removalDueAt: BEFORE, status: 'removed', removalPolicy: 'KEEP' }],
  ])('kicks nobody because another course ends while an inactive one %s', (_, changes) => {
    const frozen: Claim = { ...CLAIM, membershipId: 'm2', frozen: true, roleId: 'other', ...changes };
    expect(stepOf([ENDED, frozen], PRESENT)).toEqual({ type: 'revoke-role', roleId: 'student' });
  });

  it('leaves alone what a course that cannot be served has to end, and nobody else removes the person meanwhile', () => {
    const unready: Claim = { ...ENDED, membershipId: 'm2', notReady: true, removal: null };
    expect(outcomesOf([unready], PRESENT)).toEqual([{ status: 'joined', reason: 'ADDED' }]);
    expect(stepOf([ENDED, unready], PRESENT)).toBeNull();
    expect(outcomesOf([ENDED, unready], PRESENT)[0]).toEqual({
      status: 'removed',
      reason: 'STILL_ENROLLED_ELSEWHERE',
    });
    expect(outcomesOf([unready], ABSENT)).toEqual([{ status: 'removed', reason: 'ENROLLMENT_ENDED' }]);
  });
});
