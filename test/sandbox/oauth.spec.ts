import { createHash } from 'node:crypto';
import { type Local, startLocal } from './local';

const CALLBACK = 'http://localhost:3000/auth/discord/callback';
const OTHER_CALLBACK = 'http://localhost:3000/other/callback';

/** The fields that have a value. */
const given = (fields: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

describe('OAuth2 on the local Discord', () => {
  let local: Local;
  let ayu: string;

  beforeAll(async () => {
    local = await startLocal({ redirectUris: [CALLBACK, OTHER_CALLBACK] });
    ayu = await local.person('ayu', { globalName: 'Ayu W.' });
  });
  afterAll(() => local.close());

  function authorizeUrl(more: Record<string, string> = {}): string {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: local.application.id,
      scope: 'identify guilds.join',
      redirect_uri: CALLBACK,
      state: 'a state',
      ...more,
    });
    return `${local.url}/oauth2/authorize?${query.toString()}`;
  }

  async function code(more: Record<string, string> = {}): Promise<string> {
    const { redirectTo } = await local.control<{ redirectTo: string }>('POST', '/sandbox/oauth/approve', {
      userId: ayu,
      authorizeUrl: authorizeUrl(more),
    });
    return new URL(redirectTo).searchParams.get('code')!;
  }

  async function form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    const credentials =
      'authorization' in headers
        ? {}
        : { client_id: local.application.id, client_secret: local.application.clientSecret };
    const response = await fetch(`${local.url}${path}`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ ...credentials, ...fields }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }

  const exchange = (value: string, more: Record<string, string> = {}) =>
    form('/api/oauth2/token', { grant_type: 'authorization_code', code: value, redirect_uri: CALLBACK, ...more });

  const me = (token: string) =>
    local.call('GET', '/api/v10/users/@me', undefined, { authorization: `Bearer ${token}` });

  it('shows a consent page on which a person approves, and returns with code and state', async () => {
    const page = await local.call('GET', authorizeUrl().slice(local.url.length));
    expect(page.text).toContain('Join servers for you');
    expect(page.text).toContain('Ayu W.');
    const response = await fetch(authorizeUrl(), {
      method: 'POST',
      body: new URLSearchParams({ decision: 'approve', user_id: ayu }),
      redirect: 'manual',
    });
    const back = new URL(response.headers.get('location')!);
    expect(back.origin + back.pathname).toBe(CALLBACK);
    expect(back.searchParams.get('state')).toBe('a state');
    const token = await exchange(back.searchParams.get('code')!);
    expect(token.body).toMatchObject({ token_type: 'Bearer', expires_in: 604800, scope: 'identify guilds.join' });
    expect((await me(token.body['access_token']!)).body).toMatchObject({ id: ayu, global_name: 'Ayu W.' });
  });

  it('returns with access_denied when the person cancels', async () => {
    const response = await fetch(authorizeUrl(), {
      method: 'POST',
      body: new URLSearchParams({ decision: 'cancel' }),
      redirect: 'manual',
    });
    const back = new URL(response.headers.get('location')!);
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('state')).toBe('a state');
  });

  it.each([
    ['a redirect URI that is not registered', { redirect_uri: 'http://localhost:3000/other' }, 'redirect_uri'],
    ['an unknown application', { client_id: '1' }, 'client_id'],
    ['an unknown scope', { scope: 'identify everything' }, 'scope'],
  ])('shows an error page and redirects nowhere for %s', async (_, wrong, word) => {
    const page = await local.call('GET', authorizeUrl(wrong).slice(local.url.length));
    expect(page.status).toBe(400);
    expect(page.headers.get('location')).toBeNull();
    expect(page.text).toContain(word);
  });

  it('takes a code once, and a second try revokes nothing', async () => {
    const value = await code();
    const first = await exchange(value);
    expect(await exchange(value)).toEqual({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Invalid "code" in request.' },
    });
    expect((await me(first.body['access_token']!)).status).toBe(200);
  });

  it.each([
    ['another redirect URI than in the link', { redirect_uri: OTHER_CALLBACK }, 'redirect_uri'],
    ['no redirect URI', { redirect_uri: undefined }, 'redirect_uri'],
    ['no code', { code: undefined }, 'code'],
  ])('refuses the exchange of a code with %s', async (_, wrong, field) => {
    const value = await code();
    const fields: Record<string, string | undefined> = { code: value, redirect_uri: CALLBACK, ...wrong };
    const refused = await form('/api/oauth2/token', { grant_type: 'authorization_code', ...given(fields) });
    expect(refused).toEqual({
      status: 400,
      body: { error: 'invalid_grant', error_description: `Invalid "${field}" in request.` },
    });
    // The code is not used up by that.
    expect((await exchange(value)).status).toBe(200);
  });

  it('takes the first registered redirect URI when neither the link nor the exchange names one', async () => {
    const url = new URL(authorizeUrl());
    url.searchParams.delete('redirect_uri');
    const { redirectTo } = await local.control<{ redirectTo: string }>('POST', '/sandbox/oauth/approve', {
      userId: ayu,
      authorizeUrl: url.href,
    });
    expect(redirectTo.startsWith(`${CALLBACK}?`)).toBe(true);
    const value = new URL(redirectTo).searchParams.get('code')!;
    const fields = { grant_type: 'authorization_code', code: value };
    expect((await form('/api/oauth2/token', { ...fields, redirect_uri: OTHER_CALLBACK })).status).toBe(400);
    expect((await form('/api/oauth2/token', fields)).status).toBe(200);
  });

  it('lets a code die after 100 seconds', async () => {
    const [early, late] = [await code(), await code()];
    expect((await local.control('GET', '/sandbox/limits'))['oauthCodeMs']).toBe(100_000);
    const clock = jest.spyOn(Date, 'now');
    const now = Date.now();
    try {
      clock.mockReturnValue(now + 99_000);
      expect((await exchange(early)).status).toBe(200);
      clock.mockReturnValue(now + 101_000);
      expect((await exchange(late)).body).toEqual({
        error: 'invalid_grant',
        error_description: 'Invalid "code" in request.',
      });
    } finally {
      clock.mockRestore();
    }
  });

  describe('the implicit grant', () => {
    it('hands out an access token in the fragment, and no refresh token', async () => {
      const { redirectTo } = await local.control<{ redirectTo: string }>('POST', '/sandbox/oauth/approve', {
        userId: ayu,
        authorizeUrl: authorizeUrl({ response_type: 'token', scope: 'identify' }),
      });
      const back = new URL(redirectTo);
      expect([back.origin + back.pathname, back.search]).toEqual([CALLBACK, '']);
      const fragment = Object.fromEntries(new URLSearchParams(back.hash.slice(1)));
      expect(fragment).toEqual({
        token_type: 'Bearer',
        access_token: expect.any(String) as string,
        expires_in: '604800',
        scope: 'identify',
        state: 'a state',
      });
      expect((await me(fragment['access_token']!)).body).toMatchObject({ id: ayu });
    });

    it('cannot have role_connections.write', async () => {
      const asked = { response_type: 'token', scope: 'identify role_connections.write' };
      const page = await local.call('GET', authorizeUrl(asked).slice(local.url.length));
      expect([page.status, page.text.includes('role_connections.write')]).toEqual([400, true]);
      const allowed = await local.call(
        'GET',
        authorizeUrl({ ...asked, response_type: 'code' }).slice(local.url.length),
      );
      expect(allowed.status).toBe(200);
    });
  });

  it.each(['/api/oauth2/authorize', '/api/v10/oauth2/authorize'])('shows the consent page at %s too', async (path) => {
    const address = new URL(authorizeUrl());
    const response = await fetch(`${local.url}${path}${address.search}`, {
      method: 'POST',
      body: new URLSearchParams({ decision: 'approve', user_id: ayu }),
      redirect: 'manual',
    });
    const value = new URL(response.headers.get('location')!).searchParams.get('code')!;
    expect((await exchange(value)).status).toBe(200);
  });

  it('verifies PKCE with S256', async () => {
    const verifier = 'v'.repeat(60);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const asked = { code_challenge: challenge, code_challenge_method: 'S256' };
    expect((await exchange(await code(asked), { code_verifier: 'w'.repeat(60) })).status).toBe(400);
    expect((await exchange(await code(asked))).status).toBe(400);
    expect((await exchange(await code(asked), { code_verifier: verifier })).status).toBe(200);
  });

  it('rotates refresh tokens: each works once, and the old access token dies with it', async () => {
    const first = (await exchange(await code())).body;
    const refresh = () =>
      form('/api/v10/oauth2/token', { grant_type: 'refresh_token', refresh_token: first['refresh_token']! });
    const second = await refresh();
    expect(second.status).toBe(200);
    expect((await refresh()).body).toEqual({
      error: 'invalid_grant',
      error_description: 'Invalid "refresh_token" in request',
    });
    expect((await me(first['access_token']!)).status).toBe(401);
    expect((await me(second.body['access_token']!)).status).toBe(200);
  });

  it('takes credentials by HTTP Basic too, and refuses wrong ones', async () => {
    const basic = (secret: string) => ({
      authorization: `Basic ${Buffer.from(`${local.application.id}:${secret}`).toString('base64')}`,
    });
    const fields = { grant_type: 'client_credentials', scope: 'identify' };
    const right = await form('/api/oauth2/token', fields, basic(local.application.clientSecret));
    expect(right.status).toBe(200);
    expect(right.body).not.toHaveProperty('refresh_token');
    const wrong = await form('/api/oauth2/token', fields, basic('wrong'));
    expect(wrong).toEqual({ status: 401, body: { error: 'invalid_client' } });
  });

  it('takes forms only', async () => {
    const answer = await local.call('POST', '/api/oauth2/token', { grant_type: 'client_credentials' });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: 'unsupported_grant_type' });
  });

  it.each(['/api/oauth2/token/revoke', '/api/v10/oauth2/token/revoke'])('revokes at %s', async (path) => {
    const { access_token, refresh_token } = (await exchange(await code())).body;
    expect((await form(path, { token: access_token!, token_type_hint: 'access_token' })).status).toBe(200);
    expect((await me(access_token!)).status).toBe(401);
    const renewed = await form('/api/oauth2/token', { grant_type: 'refresh_token', refresh_token: refresh_token! });
    expect(renewed.body['error']).toBe('invalid_grant');
    expect(await form(path, { token: 'unknown' })).toEqual({ status: 200, body: {} });
    expect((await form(path, {})).body['error']).toBe('invalid_request');
    expect((await form(path, { token: 'unknown', client_secret: 'wrong' })).status).toBe(401);
  });

  it('revokes the whole authorization with one of its tokens', async () => {
    const first = (await exchange(await code())).body;
    const second = (await exchange(await code())).body;
    expect((await form('/api/oauth2/token/revoke', { token: first['refresh_token']! })).status).toBe(200);
    expect((await me(second['access_token']!)).status).toBe(401);
    const answer = await form('/api/oauth2/token', {
      grant_type: 'refresh_token',
      refresh_token: second['refresh_token']!,
    });
    expect(answer.body['error']).toBe('invalid_grant');
  });

  it('expires an access token and leaves the refresh token alive', async () => {
    const pair = (await exchange(await code())).body;
    await local.control('POST', '/sandbox/oauth/expire', { userId: ayu });
    expect((await me(pair['access_token']!)).body).toEqual({ message: '401: Unauthorized', code: 0 });
    const renewed = await form('/api/oauth2/token', {
      grant_type: 'refresh_token',
      refresh_token: pair['refresh_token']!,
    });
    expect(renewed.status).toBe(200);
  });

  it('skips the page for prompt=none once the same scopes were granted', async () => {
    await exchange(await code());
    const cookie = `local_discord_user=${ayu}`;
    const response = await fetch(authorizeUrl({ prompt: 'none' }), { redirect: 'manual', headers: { cookie } });
    expect(response.status).toBe(302);
    const other = await fetch(authorizeUrl({ prompt: 'none', scope: 'email' }), {
      redirect: 'manual',
      headers: { cookie },
    });
    expect(other.status).toBe(200);
  });

  it('adds the bot to a server that the person manages, and hands out the server with the token', async () => {
    const made = await local.control<{ id: string }>('POST', '/sandbox/guilds', { name: 'Logic', ownerId: ayu });
    const { redirectTo } = await local.control<{ redirectTo: string }>('POST', '/sandbox/oauth/approve', {
      userId: ayu,
      guildId: made.id,
      authorizeUrl: authorizeUrl({ scope: 'identify bot', permissions: '268438659' }),
    });
    const back = new URL(redirectTo).searchParams;
    expect(back.get('guild_id')).toBe(made.id);
    const token = await exchange(back.get('code')!);
    expect(token.body['guild']).toMatchObject({ id: made.id, name: 'Logic' });
    const stranger = await local.person('stranger');
    const refused = await local.call('POST', '/sandbox/oauth/approve', {
      userId: stranger,
      guildId: made.id,
      authorizeUrl: authorizeUrl({ scope: 'bot' }),
    });
    expect(refused.status).toBe(400);
  });
});
