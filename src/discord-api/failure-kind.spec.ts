import { type Authorization, type FailureKind, failureKind, isKnownCode } from './failure-kind';

describe('whom a refusal by Discord concerns', () => {
  const table: readonly (readonly [string, number | null, number | string | null, Authorization, FailureKind])[] = [
    ['a student in 100 servers', 400, 30001, 'bot', 'person'],
    ['a banned student', 403, 40007, 'bot', 'person'],
    ['a student whose joining is limited', 403, 340015, 'bot', 'person'],
    ['a dead access token', 403, 50025, 'bot', 'person'],
    ['an unknown user', 404, 10013, 'bot', 'person'],
    ['an unknown member', 404, 10007, 'bot', 'person'],
    ['a body that Discord does not accept', 400, 50035, 'bot', 'person'],
    ['a bot that is not in the server', 404, 10004, 'bot', 'server'],
    ['a server that the bot may not see', 403, 50001, 'bot', 'server'],
    ['a missing permission', 403, 50013, 'bot', 'server'],
    ['a deleted channel', 404, 10003, 'bot', 'server'],
    ['a deleted role', 404, 10011, 'bot', 'server'],
    ['a server that wants two-factor authentication', 401, 60003, 'bot', 'server'],
    ['a 403 with a code that is new to us', 403, 999_999, 'bot', 'server'],
    ['a 400 with a code that is new to us', 400, 999_999, 'bot', 'person'],
    ['a full server error', 500, 0, 'bot', 'transient'],
    ['a bad gateway', 502, null, 'bot', 'transient'],
    ['a server error that carries a known code', 503, 50013, 'bot', 'transient'],
    ['no answer at all', null, 'ECONNREFUSED', 'bot', 'transient'],
    ['a rate limit', 429, 20028, 'bot', 'transient'],
    ['a 403 page from the edge, which is not the API', 403, null, 'bot', 'transient'],
    ['a 404 page from a proxy', 404, null, 'bot', 'transient'],
    ['a refused bot token', 401, 0, 'bot', 'process'],
    ['a refused bot token without a code', 401, null, 'bot', 'process'],
    ["a refused user's token", 401, 0, 'user', 'person'],
  ];

  it.each(table)('%s (%s, code %s, as %s) concerns: %s', (_, status, code, authorization, kind) => {
    expect(failureKind(status, code, authorization)).toBe(kind);
  });

  it('is only assumed where the code is new to us', () => {
    expect([50013, 50001, 10004, 10011, 10003].every(isKnownCode)).toBe(true);
    expect([999_999, null, 'ECONNREFUSED'].some(isKnownCode)).toBe(false);
  });
});
