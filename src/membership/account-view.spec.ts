import { type MembershipRow, viewsOf } from './account-view';
import { type Seen } from './claim.policy';
import { decide, type Step } from './decide.policy';

const NOW = new Date('2026-06-01T12:00:00Z');
const YESTERDAY = new Date('2026-05-31T12:00:00Z');

/** Enrolled, linked, and nothing has been done yet. */
const ROW: MembershipRow = {
  id: 'membership',
  userId: 'ayu',
  courseId: 'course',
  guildId: 'server',
  status: 'pending',
  reason: 'QUEUED',
  generation: '1',
  markedAt: new Date(0),
  attempts: 0,
  requested: false,
  leftByChoice: false,
  removedByStaff: false,
  removedByModerator: false,
  banned: false,
  removalState: null,
  removalRunId: null,
  endedAt: null,
  grantedRoleId: null,
  actedDiscordUserId: null,
  broughtInByUs: false,
  storedRemovalPolicy: 'REMOVE_ROLE',
  storedRemovalDueAt: null,
  inviteCode: null,
  inviteLink: null,
  inviteExpiresAt: null,
  invitationSentAt: null,
  inviteUsedBy: null,
  attempt: null,
  attemptDiscordUserId: null,
  attemptRoleId: null,
  isMember: null,
  seenRoles: null,
  seenJoinedAt: null,
  seenPending: false,
  seenAt: null,
  seenStamp: null,
  seenDiscordUserId: null,
  runId: null,
  comparedAt: null,
  createdAt: YESTERDAY,
  configId: 'config',
  configActive: true,
  configEnding: false,
  hasOwner: true,
  inviteChannelId: null,
  studentRoleId: 'student',
  welcomeMessage: null,
  removalPolicy: 'REMOVE_ROLE',
  removalGraceHours: 0,
  driftPolicy: 'REPAIR',
  autoInvite: true,
  adoptExisting: false,
  roleAfterScreening: false,
  removalsPaused: false,
  courseTitle: 'Algebra',
  linkedDiscordUserId: 'account',
  linkedScopes: ['identify', 'guilds.join'],
  linkedVerified: true,
  enrolled: true,
  enrollmentExpiresAt: null,
  due: true,
  priority: 0,
  courseObstacle: null,
  refusedBeforeWell: null,
};
/** The role was about to be given when the worker died or Discord's answer was lost. */
const IN_FLIGHT = { attemptDiscordUserId: 'account', attemptRoleId: 'student' };
const OVER = { enrolled: false, endedAt: YESTERDAY, removalState: 'cleared' } as const;
const HERE: Seen = { presence: 'present', roles: ['student'], joinedAt: NOW, pending: false, isProtected: false };

const viewed = (...changes: Partial<MembershipRow>[]) =>
  viewsOf(
    changes.map((change) => ({ ...ROW, ...change })),
    NOW,
  );

/** What comes next for the account, if it is in the server with these roles. */
function next(account: string, roles: string[], ...changes: Partial<MembershipRow>[]): Step | null {
  const view = viewed(...changes).find((candidate) => candidate.account.discordUserId === account);
  if (!view) throw new Error(`No membership concerns ${account}.`);
  return decide(view.claims, view.account, { ...HERE, roles }, NOW).step;
}

describe('a role that was being given, and of which nobody knows whether it was', () => {
  it.each(['add', 'grant-role'])('(by %s) is taken away when it is not wanted any more', (attempt) => {
    const step = { type: 'revoke-role', roleId: 'student' };
    expect(next('account', ['student'], { ...IN_FLIGHT, ...OVER, attempt })).toEqual(step);
    expect(next('account', ['student'], { ...IN_FLIGHT, attempt, removedByStaff: true })).toEqual(step);
    // Nothing was in flight: a role that somebody else has given is not ours to take.
    expect(next('account', ['student'], { ...OVER, attempt, attemptDiscordUserId: 'account' })).toBeNull();
  });

  it('is not forgotten while it is being taken away', () => {
    expect(next('account', ['student'], { ...IN_FLIGHT, ...OVER, attempt: 'revoke-role' })).toEqual({
      type: 'revoke-role',
      roleId: 'student',
    });
  });

  it('is no reason for a call when the person has not got it', () => {
    expect(next('account', [], { ...IN_FLIGHT, ...OVER, attempt: 'add' })).toBeNull();
  });

  it('stays while it is wanted, and is taken away when the course has another one by now', () => {
    const trying = { ...IN_FLIGHT, attempt: 'add' };
    expect(next('account', ['student'], trying)).toBeNull();
    const changed = { ...trying, studentRoleId: 'student, anew' };
    // First, because of the next one the answer may be lost too.
    expect(next('account', ['student'], changed)).toEqual({ type: 'revoke-role', roleId: 'student' });
    expect(next('account', [], changed)).toEqual({ type: 'grant-role', roleId: 'student, anew' });
    expect(next('account', ['student, anew'], changed)).toBeNull();
  });

  it('is taken away beside the one that was to be exchanged for it', () => {
    const ended = {
      ...IN_FLIGHT,
      ...OVER,
      attempt: 'grant-role',
      actedDiscordUserId: 'account',
      grantedRoleId: 'former',
    };
    expect(next('account', ['former', 'student'], ended)).toEqual({ type: 'revoke-role', roleId: 'former' });
    expect(next('account', ['student'], ended)).toEqual({ type: 'revoke-role', roleId: 'student' });
  });

  it('stays while another course gives it too', () => {
    const ended = { ...IN_FLIGHT, ...OVER, attempt: 'add' };
    expect(next('account', ['student'], ended, { id: 'other', courseId: 'other' })).toBeNull();
  });

  it('is taken from the account to which it was being given, when the student has exchanged it meanwhile', () => {
    const exchanged = { ...IN_FLIGHT, attempt: 'add', linkedDiscordUserId: 'new account' };
    expect(next('account', ['student'], exchanged)).toEqual({ type: 'revoke-role', roleId: 'student' });
    expect(next('new account', ['student'], exchanged)).toBeNull();
    expect(next('new account', [], exchanged)).toEqual({ type: 'grant-role', roleId: 'student' });
  });
});

describe('an account that a student has exchanged', () => {
  const exchanged = { actedDiscordUserId: 'former', linkedDiscordUserId: 'account' };
  const accountsOf = (...changes: Partial<MembershipRow>[]) =>
    viewed(...changes).map(({ account }) => account.discordUserId);

  it('comes right before the one that is linked now, whoever else there is', () => {
    expect(accountsOf({ id: '1', userId: 'budi', linkedDiscordUserId: 'other' }, { ...exchanged, id: '2' })).toEqual([
      'other',
      'former',
      'account',
    ]);
  });

  it('is judged with the memberships of whoever has linked it since', () => {
    const views = viewed({ ...exchanged, id: '1' }, { id: '2', userId: 'budi', linkedDiscordUserId: 'former' });
    expect(views.map(({ rows }) => rows.map(({ id }) => id))).toEqual([['1', '2'], ['1']]);
    expect(views[0]?.claims.map(({ current }) => current)).toEqual([false, true]);
  });
});
