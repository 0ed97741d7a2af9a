import { type MembershipRow, viewsOf } from './account-view';
import { type Seen } from './claim.policy';
import { decide, type Step } from './decide.policy';
import { type Trace } from './traces.policy';

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
  traces: [],
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
const TRACE: Trace = {
  account: 'account',
  roles: ['student'],
  broughtInByUs: false,
  open: true,
  lateUntil: null,
  taking: null,
};
const IN_FLIGHT = { traces: [TRACE] };
const OVER = { enrolled: false, endedAt: YESTERDAY, removalState: 'cleared' } as const;
const HERE: Seen = {
  presence: 'present',
  roles: ['student'],
  outOfReach: [],
  joinedAt: NOW,
  pending: false,
  isProtected: false,
};

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
  it('is taken away when it is not wanted any more', () => {
    const step = { type: 'revoke-role', roleId: 'student' };
    expect(next('account', ['student'], { ...IN_FLIGHT, ...OVER })).toEqual(step);
    expect(next('account', ['student'], { ...IN_FLIGHT, removedByStaff: true })).toEqual(step);
    // Nothing was in flight: a role that somebody else has given is not ours to take.
    expect(next('account', ['student'], OVER)).toBeNull();
  });

  it('is looked for first: what was seen before tells nothing of it', () => {
    const seen = { isMember: true, seenRoles: [], seenAt: NOW, seenDiscordUserId: 'account' };
    const first = (change: Partial<MembershipRow>) => {
      const [view] = viewed({ ...seen, ...change });
      return view && decide(view.claims, view.account, view.seen, NOW).step;
    };
    expect(first({ ...IN_FLIGHT, ...OVER })).toEqual({ type: 'look' });
    expect(first({ ...OVER, traces: [{ ...TRACE, open: false }] })).toBeNull();
    // Of somebody who was not in yet it is found out by the next try; of somebody who is in, by a look.
    expect(first(IN_FLIGHT)).toEqual({ type: 'add', roleIds: ['student'] });
    expect(first({ ...IN_FLIGHT, status: 'joined' })).toEqual({ type: 'look' });
  });

  it('is no reason for a call when the person has not got it', () => {
    expect(next('account', [], { ...IN_FLIGHT, ...OVER })).toBeNull();
  });

  it('stays while it is wanted, and is taken away when the course has another one by now', () => {
    expect(next('account', ['student'], IN_FLIGHT)).toBeNull();
    const changed = { ...IN_FLIGHT, studentRoleId: 'student, anew' };
    expect(next('account', ['student'], changed)).toEqual({ type: 'grant-role', roleId: 'student, anew' });
    expect(next('account', ['student', 'student, anew'], changed)).toEqual({ type: 'revoke-role', roleId: 'student' });
    expect(next('account', ['student, anew'], changed)).toBeNull();
  });

  it('is taken away beside the one that was to be exchanged for it, and those before', () => {
    const ended = {
      ...OVER,
      traces: [{ ...TRACE, roles: ['student', 'earlier'] }],
      actedDiscordUserId: 'account',
      grantedRoleId: 'former',
    };
    for (const role of ['former', 'student', 'earlier'])
      expect(next('account', [role], ended)).toEqual({ type: 'revoke-role', roleId: role });
  });

  it('stays while another course gives it too', () => {
    const ended = { ...IN_FLIGHT, ...OVER };
    expect(next('account', ['student'], ended, { id: 'other', courseId: 'other' })).toBeNull();
  });

  it('is taken from the account to which it was being given, when the student has exchanged it meanwhile', () => {
    const exchanged = { ...IN_FLIGHT, linkedDiscordUserId: 'new account' };
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

  it('is one of several where more than one is still to be looked after', () => {
    const traces = [{ ...TRACE, account: 'second' }];
    expect(accountsOf({ ...exchanged, traces })).toEqual(['second', 'former', 'account']);
    const [second] = viewed({
      ...exchanged,
      traces,
      removalPolicy: 'KICK',
      storedRemovalPolicy: 'KICK',
      status: 'joined',
    });
    expect(second && decide(second.claims, second.account, HERE, NOW).step).toEqual({ type: 'kick' });
  });

  it('is judged with the memberships of whoever has linked it since', () => {
    const views = viewed({ ...exchanged, id: '1' }, { id: '2', userId: 'budi', linkedDiscordUserId: 'former' });
    expect(views.map(({ rows }) => rows.map(({ id }) => id))).toEqual([['1', '2'], ['1']]);
    expect(views[0]?.claims.map(({ current }) => current)).toEqual([false, true]);
  });
});
