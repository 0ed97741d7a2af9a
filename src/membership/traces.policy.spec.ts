import { doingsOf, type Trace, tracesOf, withRole } from './traces.policy';

const TRACE: Trace = { account: 'second', roles: ['older'], broughtInByUs: false, open: true };
const MEMBERSHIP = { actedDiscordUserId: 'first', grantedRoleId: 'role', broughtInByUs: true, traces: [TRACE] };

describe('what is known of our doing', () => {
  it('is told by account, and comes out as it went in', () => {
    const doings = doingsOf(MEMBERSHIP);
    expect([...doings.keys()]).toEqual(['second', 'first']);
    expect(doings.get('first')).toMatchObject({ granted: 'role', broughtInByUs: true, roles: [], open: false });
    expect(tracesOf(doings, 'first')).toEqual([TRACE]);
  });

  it('is not lost with the account that the membership acts on, when that is another one from now on', () => {
    expect(tracesOf(doingsOf(MEMBERSHIP), 'third')).toEqual([
      TRACE,
      { account: 'first', roles: ['role'], broughtInByUs: true, open: false },
    ]);
  });

  it('is one entry of an account on which more than one call was made', () => {
    const again = { ...MEMBERSHIP, traces: [withRole({ ...TRACE, account: 'first' }, 'newer')] };
    expect(tracesOf(doingsOf(again), 'first')).toEqual([
      { account: 'first', roles: ['older', 'newer'], broughtInByUs: true, open: true },
    ]);
    expect(withRole(TRACE, 'older')).toBe(TRACE);
  });
});
