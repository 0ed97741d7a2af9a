import {
  begun,
  begunToTake,
  doingsOf,
  invitedStill,
  isUncertain,
  lateUntil,
  type Trace,
  tracesOf,
  withRole,
} from './traces.policy';

const TRACE: Trace = {
  account: 'second',
  roles: ['older'],
  broughtInByUs: false,
  open: true,
  lateUntil: null,
  taking: null,
};
const MEMBERSHIP = { actedDiscordUserId: 'first', grantedRoleId: 'role', broughtInByUs: true, traces: [TRACE] };

describe('what is known of our doing', () => {
  it('is told by account, and comes out as it went in', () => {
    const doings = doingsOf(MEMBERSHIP);
    expect([...doings.keys()]).toEqual(['second', 'first']);
    expect(doings.get('first')).toMatchObject({
      granted: 'role',
      broughtInByUs: true,
      roles: [],
      open: false,
      lateUntil: null,
      taking: null,
    });
    expect(tracesOf(doings, 'first')).toEqual([TRACE]);
  });

  it('is not lost with the account that the membership acts on, when that is another one from now on', () => {
    expect(tracesOf(doingsOf(MEMBERSHIP), 'third')).toEqual([
      TRACE,
      { account: 'first', roles: ['role'], broughtInByUs: true, open: false, lateUntil: null, taking: null },
    ]);
  });

  it('is one entry of an account on which more than one call was made', () => {
    const again = { ...MEMBERSHIP, traces: [withRole({ ...TRACE, account: 'first' }, 'newer')] };
    expect(tracesOf(doingsOf(again), 'first')).toEqual([
      { account: 'first', roles: ['older', 'newer'], broughtInByUs: true, open: true, lateUntil: null, taking: null },
    ]);
    expect(withRole(TRACE, 'older')).toBe(TRACE);
  });

  it('is not closed while a call that nobody answered may still have its effect', () => {
    const now = new Date('2026-03-01T10:00:00Z');
    const trace = begun(TRACE, 'second', 'newer', now);
    expect(trace).toMatchObject({ roles: ['older', 'newer'], open: true });
    expect(lateUntil(trace, new Date('2026-03-01T10:01:59Z'))).toBe(Date.parse('2026-03-01T10:02:00Z'));
    expect(lateUntil(trace, new Date('2026-03-01T10:02:00Z'))).toBeNull();
    expect(lateUntil(TRACE, now)).toBeNull();
  });

  it('has to be looked at again when a call is open, and when it is too late for one', () => {
    const now = new Date('2026-03-01T10:00:00Z');
    const later = new Date('2026-03-01T10:02:00Z');
    const seen = { ...begun(undefined, 'first', 'role', now), open: false };
    expect(isUncertain(begun(undefined, 'first', null, now), now)).toBe(true);
    expect(isUncertain(seen, now)).toBe(false);
    expect(isUncertain(seen, later)).toBe(true);
    expect(isUncertain({ ...seen, lateUntil: null }, later)).toBe(false);
  });

  it('tells what is taken away: whoever is taken out loses the roles too', () => {
    const now = new Date('2026-03-01T10:00:00Z');
    const role = begunToTake('role', undefined, 'first', now);
    const person = begunToTake('person', role, 'first', now);
    expect([role.taking, person.taking, begunToTake('role', person, 'first', now).taking]).toEqual([
      'role',
      'person',
      'person',
    ]);
    expect(begun(person, 'first', null, now).taking).toBe('person');
  });

  it('holds an invite that could not be taken back, with its role, until it expires', () => {
    const expiresAt = new Date('2026-03-02T10:00:00Z');
    const sooner = new Date('2026-03-01T10:00:00Z');
    const kept = invitedStill(TRACE, 'second', 'newer', expiresAt);
    expect(kept).toEqual({ ...TRACE, roles: ['older', 'newer'], lateUntil: expiresAt.getTime() });
    expect(invitedStill(kept, 'second', null, sooner)).toEqual(kept);
  });
});
