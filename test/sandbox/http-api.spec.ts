import { get } from 'node:http';
import { type Local, startLocal } from './local';

describe('the HTTP API of the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
  });
  afterAll(() => local.close());

  describe('answers as Discord does to what it cannot serve', () => {
    it.each([
      ['an unknown route', 'GET', '/nothing/here', 404, { message: '404: Not Found', code: 0 }],
      ['a method that the route lacks', 'PATCH', '/gateway', 405, { message: '405: Method Not Allowed', code: 0 }],
      ['an unknown server', 'GET', '/guilds/111111111111111111', 404, { message: 'Unknown Guild', code: 10004 }],
      ['an unknown channel', 'GET', '/channels/111111111111111111', 404, { message: 'Unknown Channel', code: 10003 }],
      ['an unknown invite', 'GET', '/invites/nope', 404, { message: 'Unknown Invite', code: 10006 }],
    ])('%s', async (_, method, path, status, body) => {
      const answer = await local.bot(method, path);
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual(body);
      expect(answer.headers.get('content-type')).toBe('application/json');
    });

    it('a missing, a wrong and a person’s token', async () => {
      const unauthorized = { message: '401: Unauthorized', code: 0 };
      const path = `/api/v10/guilds/${guild.id}`;
      const { access_token } = await local.grant(await local.person('x'));
      for (const headers of [{}, { authorization: 'Bot wrong' }, { authorization: `Bearer ${access_token}` }]) {
        const answer = await local.call('GET', path, undefined, { ...headers });
        expect([answer.status, answer.body]).toEqual([401, unauthorized]);
      }
    });

    it('broken JSON', async () => {
      const answer = await local.bot('POST', `/guilds/${guild.id}/roles`, '{"name":');
      expect([answer.status, answer.body['code']]).toEqual([400, 50109]);
    });

    it('wrong types, with the place of each', async () => {
      const answer = await local.bot('POST', `/channels/${guild.channelId}/messages`, {
        content: 5,
        embeds: [{ title: 'x'.repeat(300) }],
      });
      expect(answer.body).toEqual({
        code: 50035,
        message: 'Invalid Form Body',
        errors: {
          content: { _errors: [{ code: 'STRING_TYPE_CONVERT', message: 'Could not interpret "5" as string.' }] },
          embeds: {
            0: { title: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 256 or fewer in length.' }] } },
          },
        },
      });
    });

    it('a missing field', async () => {
      const answer = await local.bot('PUT', `/guilds/${guild.id}/members/${guild.ownerId}`, {});
      expect(answer.body['errors']).toEqual({
        access_token: { _errors: [{ code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }] },
      });
    });

    it('an id that is none', async () => {
      const answer = await local.bot('GET', '/guilds/abc');
      expect([answer.status, answer.body['code']]).toEqual([400, 50035]);
    });
  });

  it('refuses requests of foreign pages', async () => {
    const origin = await local.call('GET', '/sandbox/state', undefined, { origin: 'https://evil.example' });
    expect(origin.status).toBe(403);
    const own = await local.call('GET', '/sandbox/state', undefined, { origin: local.url });
    expect(own.status).toBe(200);
  });

  it('lists members a page at a time, and only while the application has the intent', async () => {
    const { list } = await local.bot('GET', `/guilds/${guild.id}/members?limit=2`);
    const after = (list[1]?.['user'] as { id: string }).id;
    const rest = (await local.bot('GET', `/guilds/${guild.id}/members?limit=1000&after=${after}`)).list;
    expect(rest.every((each) => BigInt((each['user'] as { id: string }).id) > BigInt(after))).toBe(true);
    const { flags } = (await local.bot('GET', '/applications/@me')).body;
    await local.bot('PATCH', '/applications/@me', { flags: 0 });
    expect(await local.bot('GET', `/guilds/${guild.id}/members?limit=2`)).toMatchObject({
      status: 403,
      body: { code: 50001 },
    });
    await local.bot('PATCH', '/applications/@me', { flags });
  });

  it('says 50001 for the routes of a server that the bot is not in', async () => {
    const elsewhere = await local.control<{ id: string }>('POST', '/sandbox/guilds', {
      name: 'Elsewhere',
      ownerId: guild.ownerId,
    });
    expect((await local.bot('GET', `/guilds/${elsewhere.id}`)).body['code']).toBe(10004);
    expect(await local.bot('GET', `/guilds/${elsewhere.id}/roles`)).toMatchObject({
      status: 403,
      body: { code: 50001 },
    });
  });

  it('serves clients without a User-Agent unless the limits say otherwise', async () => {
    // Unlike fetch, it sends no such header of its own.
    const ask = (headers: Record<string, string>) =>
      new Promise<string>((resolve, reject) => {
        get(`${local.url}/api/v10/gateway`, { headers }, (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () => resolve(`${response.statusCode} ${body}`));
        }).on('error', reject);
      });
    const named = { 'user-agent': 'DiscordBot (http://localhost, 1.0)' };
    expect(await ask({})).toContain('200 {');
    await local.control('PUT', '/sandbox/limits', { enforce: false, requireUserAgent: true });
    expect(await ask({})).toBe('403 error code: 1010');
    expect(await ask({ 'user-agent': '' })).toBe('403 error code: 1010');
    expect(await ask(named)).toContain('200 {');
    await local.control('PUT', '/sandbox/limits', { enforce: false });
    expect(await ask({})).toContain('200 {');
  });

  it('computes channel overwrites', async () => {
    const { id: hidden } = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/channels`, {
      name: 'hidden',
      permissionOverwrites: [{ id: guild.id, type: 0, allow: '0', deny: '1024' }],
    });
    expect((await local.bot('GET', `/channels/${hidden}/messages`)).body['code']).toBe(50001);
  });
});
