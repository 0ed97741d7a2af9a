import { type AuditAction, type NewLogEntry } from '../audit-log/audit-log';
import { type AccountResult, type Effect } from './account-run';
import { type MembershipRow } from './account-view';
import { type MembershipStatus, rolesOf } from './claim.policy';
import { type Step } from './decide.policy';
import { type Change } from './outcome-row.policy';

/** What an effect on Discord is called in the log. */
const ACTION_OF_STEP = {
  look: 'sync',
  add: 'add',
  invite: 'invite',
  'revoke-invite': 'invite',
  'grant-role': 'role_grant',
  'revoke-role': 'role_revoke',
  kick: 'remove',
} as const satisfies Record<Step['type'], AuditAction>;

/** What a change is called when no call of ours stands behind it. */
const ACTION_OF_STATUS = {
  pending: 'enrollment',
  invited: 'invite',
  joined: 'join',
  left: 'leave',
  removed: 'remove',
} as const satisfies Record<MembershipStatus, AuditAction>;

/**
 * The entries of a batch: one for each effect on Discord, which carries the change of the membership that it made, and one
 * for each change that no call stands behind.
 */
export function entriesOf(results: readonly AccountResult[], changes: readonly Change[]): NewLogEntry[] {
  const open = new Map(changes.map((change) => [change.row.id, change]));
  const entries: NewLogEntry[] = [];
  for (const result of results) {
    for (const effect of result.effects) {
      for (const row of concerned(result, effect)) {
        const change = isLastEffectOn(result, effect, row) ? open.get(row.id) : undefined;
        if (change) open.delete(row.id);
        entries.push(entryOf(row, effect, change));
      }
    }
    if (result.failure && !result.failure.isRateLimit) {
      const { failure } = result;
      for (const row of result.view.rows) {
        const change = open.get(row.id);
        // The first failure of a row tells of it; the retries that follow would only repeat it.
        if (row.attempts > 0 && !change) continue;
        open.delete(row.id);
        entries.push({
          ...about(row),
          action: 'error',
          status: 'failed',
          details: { code: failure.code, httpStatus: failure.status },
          errorMessage: failure.message,
          ...withChange(change),
        });
      }
    }
  }
  for (const change of open.values()) {
    const { inviteUsedBy } = change.row;
    if (inviteUsedBy !== null && change.reason === 'INVITE_EXPIRED') {
      entries.push({ ...usedBySomebodyElse(change.row, inviteUsedBy), ...withChange(change) });
      continue;
    }
    // An add whose outcome was never written, in a crash: what is found now is its effect.
    const wasAdded = change.row.attempt === 'add' && change.reason === 'ADDED';
    const action = wasAdded ? 'add' : ACTION_OF_STATUS[change.status];
    entries.push({ ...about(change.row), action, ...withChange(change) });
  }
  return entries;
}

/** Discord does not tell by which invite somebody came: that they came at the moment at which it was used up tells enough. */
function usedBySomebodyElse(row: MembershipRow, account: string): NewLogEntry {
  return {
    ...about(row),
    action: 'join',
    status: 'failed',
    details: { usedByDiscordUserId: account, membershipId: row.id },
    errorMessage:
      `The invite of this student to ${row.courseTitle ?? 'the course'} was used by somebody else: the Discord account ${account} came in by it. ` +
      'They were given no role. The student can ask for a new invite; whether the other person stays is for you to decide.',
  };
}

function entryOf(row: MembershipRow, { step, refusal }: Effect, change: Change | undefined): NewLogEntry {
  return {
    ...about(row),
    action: ACTION_OF_STEP[step.type],
    status: refusal ? 'failed' : 'success',
    ...(refusal ? { errorMessage: refusal.message } : {}),
    details: {
      ...('roleId' in step ? { roleId: step.roleId } : {}),
      ...('roleIds' in step && step.roleIds.length > 0 ? { roleIds: step.roleIds } : {}),
      ...(step.type === 'revoke-invite' ? { revoked: refusal === undefined } : {}),
      // With the entry's own time: how long the student waited for the role.
      ...(change?.reason === 'ADDED' && change.status !== row.status
        ? { waitedSince: row.markedAt.toISOString() }
        : {}),
      ...(refusal ? { code: refusal.code, httpStatus: refusal.status } : {}),
    },
    ...withChange(change),
  };
}

/** The memberships that an effect was for. */
function concerned(result: AccountResult, { step, refusal }: Effect): readonly MembershipRow[] {
  const rowsWhere = (test: (claim: (typeof result.view.claims)[number]) => boolean) =>
    result.view.rows.filter((row) => result.view.claims.some((claim) => claim.membershipId === row.id && test(claim)));
  switch (step.type) {
    case 'invite':
    case 'revoke-invite':
      return rowsWhere((claim) => claim.membershipId === step.membershipId);
    case 'grant-role':
      return rowsWhere((claim) => claim.roleId === step.roleId && claim.enrolled);
    case 'revoke-role':
      return rowsWhere(
        (claim) =>
          rolesOf(claim).includes(step.roleId) && !(claim.enrolled && claim.roleId === step.roleId && claim.current),
      );
    case 'add':
      return rowsWhere((claim) => claim.current && claim.enrolled && (refusal !== undefined || !claim.leftByChoice));
    case 'kick':
      return rowsWhere(
        (claim) => !claim.frozen && (claim.status === 'joined' || claim.acted || rolesOf(claim).length > 0),
      );
    case 'look':
      return [];
  }
}

/** Whether the effect is what brought the row where it stands. Taking an invite back only tidies up after something else. */
function isLastEffectOn(result: AccountResult, effect: Effect, row: MembershipRow): boolean {
  const last = [...result.effects]
    .reverse()
    .find((other) => other.step.type !== 'revoke-invite' && concerned(result, other).includes(row));
  return last === effect;
}

function about(row: MembershipRow): Pick<NewLogEntry, 'userId' | 'courseId' | 'guildId' | 'runId'> {
  return { userId: row.userId, courseId: row.courseId, guildId: row.guildId, runId: row.runId };
}

function withChange(change: Change | undefined): Pick<NewLogEntry, 'membership'> {
  if (!change) return {};
  const { row, status, reason } = change;
  return { membership: { id: row.id, previousStatus: row.status, newStatus: status, reason } };
}
