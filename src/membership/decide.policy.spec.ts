import * as fc from 'fast-check';
import { type Account, awaitsBrake, type Claim, rolesOf, type Seen } from './claim.policy';
import { decide, type Step } from './decide.policy';
import { type Settlement } from './settle.policy';
import { REASONS_OF_STATUS } from './explanation.policy';

const NOW = new Date('2026-06-01T12:00:00Z');
const BEFORE = new Date('2026-05-01T12:00:00Z');
const LATER = new Date('2026-07-01T12:00:00Z');
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

const CLAIM: Claim = {
  membershipId: 'm1',
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
  removalPolicy: 'KICK',
  removalsPaused: false,
  removal: null,
  removalDueAt: null,
  expiresAt: null,
  roleId: 'student',
  grantedRoleId: null,
  leftOverRoleIds: [],
  acted: false,
  broughtInByUs: false,
  status: 'pending',
  reason: 'QUEUED',
  since: BEFORE,
  invite: null,
};
const ACCOUNT: Account = { discordUserId: '1', grant: 'usable', refusal: null };
const UNKNOWN: Seen = {
  presence: 'unknown',
  roles: [],
  outOfReach: [],
  joinedAt: null,
  pending: false,
  isProtected: null,
};
const ABSENT: Seen = { ...UNKNOWN, presence: 'absent', isProtected: false };
const PRESENT: Seen = {
  presence: 'present',
  roles: ['student'],
  outOfReach: [],
  joinedAt: NOW,
  pending: false,
  isProtected: false,
};
const JOINED: Claim = {
  ...CLAIM,
  status: 'joined',
  reason: 'ADDED',
  acted: true,
  broughtInByUs: true,
  grantedRoleId: 'student',
};
/** Over, and let through by the brake. */
const ENDED: Claim = { ...JOINED, enrolled: false, removalDueAt: BEFORE, removal: 'cleared' };

function stepOf(claims: Claim[], seen: Seen, account = ACCOUNT): Step | null {
  return decide(claims, account, seen, NOW).step;
}

function outcomesOf(claims: Claim[], seen: Seen, account = ACCOUNT): (Settlement['outcome'] | 'step')[] {
  const decision = decide(claims, account, seen, NOW);
  return decision.step ? ['step'] : decision.settlements.map((settlement) => settlement.outcome);
}

describe('bringing a student in', () => {
  it('adds whoever is enrolled and linked, with the role, in one call', () => {
    expect(stepOf([CLAIM], UNKNOWN)).toEqual({ type: 'add', roleIds: ['student'] });
    expect(outcomesOf([{ ...CLAIM, acted: true }], PRESENT)).toEqual([{ status: 'joined', reason: 'ADDED' }]);
  });

  it('makes no call for a student who has linked no account', () => {
    const nobody: Account = { discordUserId: null, grant: 'no-grant', refusal: null };
    expect(outcomesOf([CLAIM], UNKNOWN, nobody)).toEqual([{ status: 'pending', reason: 'ACCOUNT_NOT_LINKED' }]);
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

  it('does not renew an expired invite by itself', () => {
    const expired: Claim = { ...CLAIM, status: 'invited', invite: { code: 'c', expiresAt: BEFORE } };
    expect(outcomesOf([expired], ABSENT, { ...ACCOUNT, grant: 'dead' })).toEqual([
      { status: 'invited', reason: 'INVITE_EXPIRED' },
    ]);
  });

  it('gives the missing role to somebody who was in before, and never calls them ours', () => {
    const seen: Seen = { ...PRESENT, roles: [], joinedAt: LONG_AGO };
    expect(stepOf([CLAIM], seen)).toEqual({ type: 'grant-role', roleId: 'student' });
    expect(outcomesOf([CLAIM], { ...seen, roles: ['student'] })).toEqual([
      { status: 'joined', reason: 'ALREADY_MEMBER' },
    ]);
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

  it('takes the role only, where that is the policy', () => {
    const claim: Claim = { ...ENDED, removalPolicy: 'REMOVE_ROLE' };
    expect(stepOf([claim], PRESENT)).toEqual({ type: 'revoke-role', roleId: 'student' });
    expect(outcomesOf([claim], { ...PRESENT, roles: [] })).toEqual([{ status: 'removed', reason: 'ENROLLMENT_ENDED' }]);
  });

  it('changes nothing on Discord where the policy is to keep', () => {
    expect(outcomesOf([{ ...ENDED, removalPolicy: 'KEEP' }], PRESENT)).toEqual([
      { status: 'removed', reason: 'ENROLLMENT_ENDED' },
    ]);
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

  it('says of whom another course’s held or cancelled removal keeps that they are kept by it, not that they are protected', () => {
    for (const removal of ['held', 'suspended'] as const) {
      const other: Claim = { ...ENDED, membershipId: 'm2', removal };
      expect(outcomesOf([ENDED, other], PRESENT)).toEqual([
        { status: 'removed', reason: 'STILL_ENROLLED_ELSEWHERE' },
        { status: 'joined', reason: 'REMOVAL_HELD' },
      ]);
    }
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

  it('makes no call for a course that ended before anything was done', () => {
    expect(outcomesOf([{ ...CLAIM, enrolled: false, removalDueAt: BEFORE }], UNKNOWN)).toEqual([
      { status: 'removed', reason: 'ENROLLMENT_ENDED' },
    ]);
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

  it('cleans up an account that the student has exchanged for another', () => {
    const old: Claim = { ...JOINED, current: false };
    expect(stepOf([old], PRESENT)).toEqual({ type: 'kick' });
    expect(outcomesOf([old], ABSENT)).toEqual([null]);
  });
});

// ── Properties ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const arbitraryClaim = (index: number): fc.Arbitrary<Claim> =>
  fc
    .record({
      enrolled: fc.boolean(),
      frozen: fc.boolean(),
      notReady: fc.boolean(),
      current: fc.boolean(),
      leftByChoice: fc.boolean(),
      removedByStaff: fc.boolean(),
      removedByModerator: fc.boolean(),
      banned: fc.boolean(),
      requested: fc.boolean(),
      autoInvite: fc.boolean(),
      adoptExisting: fc.boolean(),
      roleAfterScreening: fc.boolean(),
      driftPolicy: fc.constantFrom('REPAIR' as const, 'RESPECT' as const),
      removalPolicy: fc.constantFrom('KICK' as const, 'REMOVE_ROLE' as const, 'KEEP' as const),
      removalsPaused: fc.boolean(),
      removal: fc.constantFrom(null, 'cleared' as const, 'held' as const, 'suspended' as const, 'restored' as const),
      removalDueAt: fc.constantFrom(null, BEFORE, LATER),
      roleId: fc.constantFrom(null, 'a', 'b'),
      grantedRoleId: fc.constantFrom(null, 'a', 'b', 'c'),
      leftOverRoleIds: fc.constantFrom([], [], ['a'], ['b'], ['a', 'c'], ['b', 'c']),
      acted: fc.boolean(),
      broughtInByUs: fc.boolean(),
      status: fc.constantFrom(
        'pending' as const,
        'invited' as const,
        'joined' as const,
        'left' as const,
        'removed' as const,
      ),
      invite: fc.constantFrom(null, { code: 'open', expiresAt: LATER }, { code: 'old', expiresAt: BEFORE }),
      since: fc.constantFrom(BEFORE, LONG_AGO),
    })
    .map((claim) => ({
      ...CLAIM,
      ...claim,
      membershipId: `m${index}`,
      removalDueAt: claim.enrolled ? null : claim.removalDueAt,
    }));

const arbitraryClaims = fc
  .integer({ min: 1, max: 4 })
  .chain((length) => fc.tuple(...Array.from({ length }, (_, i) => arbitraryClaim(i))));
const arbitraryAccount: fc.Arbitrary<Account> = fc.record({
  discordUserId: fc.constant('1'),
  grant: fc.constantFrom('usable' as const, 'no-grant' as const, 'dead' as const, 'unavailable' as const),
  refusal: fc.constantFrom(null, 'BANNED' as const),
});
const arbitraryMember = fc.option(
  fc.record({
    roles: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'foreign')),
    outOfReach: fc.constantFrom([], [], ['c']),
    joinedAt: fc.constantFrom(LONG_AGO, NOW),
    pending: fc.boolean(),
    isProtected: fc.boolean(),
  }),
  { nil: null },
);

interface World {
  claims: Claim[];
  member: {
    roles: string[];
    outOfReach: readonly string[];
    joinedAt: Date;
    pending: boolean;
    isProtected: boolean;
  } | null;
  seen: Seen;
}

/** What Discord does with one step, and what we know afterwards: the same bookkeeping as the reconciler's. */
function perform(world: World, step: Step): World {
  const look = (member: World['member'], claims = world.claims): World => ({
    claims,
    member,
    seen: member ? { presence: 'present', ...member } : ABSENT,
  });
  const acted = world.claims.map((claim) => ({ ...claim, acted: true }));
  switch (step.type) {
    case 'look':
      return look(world.member);
    case 'add':
      return look(
        world.member ?? { roles: [...step.roleIds], outOfReach: [], joinedAt: NOW, pending: false, isProtected: false },
        acted,
      );
    case 'invite':
      return {
        ...world,
        claims: world.claims.map((c) =>
          c.membershipId === step.membershipId ? { ...c, acted: true, invite: { code: 'new', expiresAt: LATER } } : c,
        ),
      };
    case 'revoke-invite':
      return {
        ...world,
        claims: world.claims.map((c) => (c.membershipId === step.membershipId ? { ...c, invite: null } : c)),
      };
    case 'grant-role':
      return look(world.member && { ...world.member, roles: [...world.member.roles, step.roleId] });
    case 'revoke-role':
      return look(
        world.member && { ...world.member, roles: world.member.roles.filter((role) => role !== step.roleId) },
      );
    case 'kick':
      return look(null);
  }
}

function run(
  claims: readonly Claim[],
  account: Account,
  member: World['member'],
): { steps: Step[]; world: World; settlements: readonly Settlement[] } {
  let world: World = { claims: [...claims], member, seen: UNKNOWN };
  const steps: Step[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    const decision = decide(world.claims, account, world.seen, NOW);
    if (!decision.step) return { steps, world, settlements: decision.settlements };
    steps.push(decision.step);
    world = perform(world, decision.step);
  }
  throw new Error(`No end after ${steps.map((step) => step.type).join(', ')}`);
}

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
