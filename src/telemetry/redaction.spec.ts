import { censor, redact } from './redaction';

describe('nothing secret or personal reaches the log', () => {
  it.each([
    ['a signed token', 'caller eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl came', 'caller [redacted] came'],
    ['an encrypted token', 'eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn', '[redacted]'],
    [
      'a bot token',
      'MTEwMDAwMDAwMDAwMDAwMDAwMQ.LOCAL0.local-discord-token-that-opens-nothing is refused',
      '[redacted] is refused',
    ],
    ['an authorization', 'Authorization: Bearer abcdefghijklmnopqrstuvwxyz', 'Authorization: Bearer [redacted]'],
    ['a login', 'cannot reach postgresql://writer:pa55@db:5432/x', 'cannot reach postgresql://[redacted]@db:5432/x'],
    [
      'a callback',
      '/auth/discord/callback?code=abc&state=def',
      '/auth/discord/callback?code=[redacted]&state=[redacted]',
    ],
    ['an invite', 'go to https://discord.gg/hTKzmak.', 'go to https://discord.gg/[redacted].'],
    ['an invite of the API', 'GET /invites/hTKzmak', 'GET /invites/[redacted]'],
    ['an e-mail address', 'mail ada.lovelace+x@example.co.uk now', 'mail [redacted] now'],
  ])('%s', (_, text, censored) => {
    expect(censor(text)).toBe(censored);
  });

  it('leaves what is none alone', () => {
    const text =
      'Discord did not let us add a member: Missing Permissions (status 403, code 50013). The Bot waits, Basic authentication.';
    expect(censor(text)).toBe(text);
    expect(censor('DELETE /invites/:id')).toBe('DELETE /invites/:id');
  });

  it("this process's own secrets, whatever they look like", () => {
    expect(censor('the secret is hunter2-hunter2!', ['hunter2-hunter2'])).toBe('the secret is [redacted]!');
  });

  it('whatever has the name of a secret, however deep', () => {
    const logged = {
      guildId: '1',
      body: { access_token: 'x', roles: ['2'], list: [{ inviteLink: 'y', Cookie: ['z'] }] },
      code: 'abcdefghij',
    };
    expect(redact(logged)).toEqual({
      guildId: '1',
      body: { access_token: '[redacted]', roles: ['2'], list: [{ inviteLink: '[redacted]', Cookie: '[redacted]' }] },
      code: '[redacted]',
    });
  });

  it('but the code of an error can be read', () => {
    expect(redact({ code: 50013 })).toEqual({ code: 50013 });
    expect(redact({ code: 'ECONNREFUSED' })).toEqual({ code: 'ECONNREFUSED' });
  });

  it('an error shows neither its request nor its parameters', () => {
    const error = Object.assign(new Error('refused', { cause: new TypeError('why') }), {
      code: 50025,
      requestBody: { json: { access_token: 'x' } },
      parameters: ['x'],
    });
    const described = redact(error);
    expect(described).toEqual({
      type: 'Error',
      message: 'refused',
      code: 50025,
      stack: error.stack,
      cause: { type: 'TypeError', message: 'why', stack: expect.any(String) as string },
    });
  });
});
