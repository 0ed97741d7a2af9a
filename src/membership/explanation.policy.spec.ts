import { explain, nextStepOf, REASONS_OF_STATUS } from './explanation.policy';

const NAMES = { server: 'Faculty', course: 'Algebra I' };

/** Every state there is, and the one thing to do next. */
const STATES = [
  ['pending', 'QUEUED', 'WAIT'],
  ['pending', 'NOT_INVITED', 'JOIN'],
  ['pending', 'ACCOUNT_NOT_LINKED', 'CONNECT_DISCORD'],
  ['pending', 'CONNECTION_REVOKED', 'RECONNECT_DISCORD'],
  ['pending', 'GUILD_LIMIT_REACHED', 'LEAVE_A_SERVER'],
  ['pending', 'JOINING_LIMITED', 'WAIT'],
  ['pending', 'BANNED', null],
  ['pending', 'SERVER_NOT_READY', 'FIX_SERVER'],
  ['pending', 'DISCORD_UNAVAILABLE', 'WAIT'],
  ['invited', 'INVITE_OPEN', 'OPEN_INVITE'],
  ['invited', 'INVITE_EXPIRED', 'REQUEST_NEW_INVITE'],
  ['joined', 'ADDED', null],
  ['joined', 'USED_INVITE', null],
  ['joined', 'ALREADY_MEMBER', null],
  ['joined', 'SCREENING_PENDING', 'COMPLETE_SCREENING'],
  ['joined', 'GRACE_PERIOD', null],
  ['joined', 'REMOVAL_HELD', 'CONFIRM_REMOVALS'],
  ['left', 'LEFT_BY_CHOICE', 'REJOIN'],
  ['removed', 'ENROLLMENT_ENDED', null],
  ['removed', 'REMOVED_BY_STAFF', null],
  ['removed', 'BANNED', null],
  ['removed', 'STILL_ENROLLED_ELSEWHERE', null],
  ['removed', 'PROTECTED_MEMBER', null],
] as const;

describe('what a state says of itself', () => {
  const reasons = [...new Set(Object.values(REASONS_OF_STATUS).flat())];

  it('names the one thing to do next, or nothing, for every status with every reason that may stand with it', () => {
    const said = Object.entries(REASONS_OF_STATUS).flatMap(([status, possible]) =>
      possible.map((reason) => [status, reason, nextStepOf(reason)]),
    );
    expect(said).toEqual(STATES);
  });

  it.each(reasons)(
    '%s: one sentence in each language, to the student and to somebody else, with its names',
    (reason) => {
      const all = (['you', 'they'] as const).flatMap((person) =>
        (['en', 'id'] as const).map((language) => explain(reason, NAMES, language, person)),
      );
      for (const sentence of all) expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(new Set(all).size).toBe(4);
      expect(all.join('')).not.toMatch(/[{}]|guild/);
    },
  );

  it.each(reasons)('%s: does not speak to staff as if they were the student', (reason) => {
    const english = explain(reason, NAMES, 'en', 'they').replace('you can invite them', '');
    expect(english).not.toMatch(/\byou/i);
    const indonesian = explain(reason, NAMES, 'id', 'they').replace('kamu bisa mengundangnya', '');
    expect(indonesian).not.toMatch(/kamu|mu\b/i);
  });
});
