import * as fc from 'fast-check';
import { type Account, type Claim, type Seen } from '../../src/membership/claim.policy';
import { decide, type Step } from '../../src/membership/decide.policy';
import { type Settlement } from '../../src/membership/settle.policy';
import { ABSENT, BEFORE, CLAIM, LATER, LONG_AGO, NOW, UNKNOWN } from './claims';

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

/** What the courses of one server may want of one account, however unlikely. */
export const arbitraryClaims = fc
  .integer({ min: 1, max: 4 })
  .chain((length) => fc.tuple(...Array.from({ length }, (_, i) => arbitraryClaim(i))));
export const arbitraryAccount: fc.Arbitrary<Account> = fc.record({
  discordUserId: fc.constant('1'),
  grant: fc.constantFrom('usable' as const, 'no-grant' as const, 'dead' as const, 'unavailable' as const),
  refusal: fc.constantFrom(null, 'BANNED' as const),
});
/** Who the account is in the server; null: not in it. */
export const arbitraryMember = fc.option(
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

/** Takes step after step until none is left. */
export function run(
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
