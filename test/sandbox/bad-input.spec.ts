import { request } from 'node:http';
import { connect } from 'node:net';
import { type Local, startLocal } from './local';
import { RawClient } from './raw-client';

describe('bad input to the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
  });
  afterAll(() => local.close());

  it('a body that is no JSON, of a type that is not taken, or of none, is told apart', async () => {
    const path = `/guilds/${guild.id}/roles`;
    expect(await local.bot('POST', path, '{"name":')).toMatchObject({ status: 400, body: { code: 50109 } });
    const typed = await local.bot('POST', path, 'name=x', { 'content-type': 'text/plain' });
    expect(typed).toMatchObject({
      status: 400,
      body: { code: 50035, errors: { _content_type: { _errors: [{ code: 'CONTENT_TYPE_INVALID' }] } } },
    });
    const multipart = await local.bot('POST', path, 'nothing', { 'content-type': 'multipart/form-data; boundary=x' });
    expect(multipart).toMatchObject({ status: 400, body: { code: 50035 } });
  });

  it('wrong types are answered with 50035 and a tree that names each field', async () => {
    const answer = await local.bot('POST', `/channels/${guild.channelId}/messages`, {
      content: { a: 1 },
      tts: 'maybe',
      embeds: [{ title: 'right' }, { title: ['wrong'], fields: [{ name: 'n' }] }],
    });
    const problem = (code: string) => ({ _errors: [{ code, message: expect.any(String) as string }] });
    expect([answer.status, answer.body]).toEqual([
      400,
      {
        code: 50035,
        message: 'Invalid Form Body',
        errors: {
          content: problem('STRING_TYPE_CONVERT'),
          tts: problem('BOOLEAN_TYPE_CONVERT'),
          embeds: {
            1: { title: problem('STRING_TYPE_CONVERT'), fields: { 0: { value: problem('BASE_TYPE_REQUIRED') } } },
          },
        },
      },
    ]);
  });

  it('what is not HTTP is told so, and a path with broken escapes is an unknown one', async () => {
    const socket = connect(local.port, '127.0.0.1');
    socket.end('nonsense\r\n\r\n');
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect((await local.call('GET', '/invite/%ff')).status).toBe(404);
    expect((await local.call('GET', '/api/v10/invites/%ff')).body['code']).toBe(10006);
  });

  it('an overwrite of a channel has to name a role of the server or a user', async () => {
    const other = await local.server('Other');
    const make = (overwrite: { id: string; type: number }) =>
      local.call('POST', `/sandbox/guilds/${guild.id}/channels`, {
        name: 'c',
        permissionOverwrites: [{ allow: '0', deny: '0', ...overwrite }],
      });
    expect((await make({ id: other.id, type: 0 })).status).toBe(400);
    expect((await make({ id: '111111111111111111', type: 1 })).status).toBe(400);
    expect((await make({ id: guild.ownerId, type: 1 })).status).toBe(200);
  });

  it('a body that is too large is refused with 40005, and the next call works', async () => {
    const refused = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sending = request(
        `${local.url}/api/v10/channels/${guild.channelId}/messages`,
        {
          method: 'POST',
          headers: { authorization: `Bot ${local.application.botToken}`, 'content-type': 'application/json' },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      sending.on('error', reject);
      sending.end(Buffer.alloc(26 * 1024 * 1024, 'x'));
    });
    expect(refused.status).toBe(413);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 40005 });
    expect((await local.bot('GET', '/users/@me')).status).toBe(200);
  });

  it('an unknown version, path or method has the body that Discord gives it', async () => {
    const version = await local.call('GET', '/api/v3/gateway');
    expect([version.status, version.body['code']]).toEqual([400, 50041]);
    expect((await local.bot('GET', '/no/such/route')).body).toEqual({ message: '404: Not Found', code: 0 });
    expect((await local.bot('PUT', '/users/@me')).status).toBe(405);
  });

  it('deep nesting, foreign keys and strange ids harm nobody', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const answer = await local.bot('POST', `/channels/${guild.channelId}/messages`, deep);
    expect(answer.status).toBe(400);
    const polluting = '{"content":"x","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    expect((await local.bot('POST', `/channels/${guild.channelId}/messages`, polluting)).status).toBe(200);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    for (const id of ['%ff', '..%2f..', '0'.repeat(500), '-1', '１２３']) {
      const { status } = await local.bot('GET', `/guilds/${encodeURIComponent(id)}`);
      expect([400, 404]).toContain(status);
    }
  });

  it.each([
    ['a frame that is not JSON', 'nonsense', 4002],
    ['a frame without op', '{}', 4002],
    ['a list', '[1]', 4002],
    ['4097 bytes', JSON.stringify({ op: 1, d: 'x'.repeat(4082) }), 4002],
    ['an unknown opcode', '{"op":99}', 4001],
    ['an opcode that only servers send', '{"op":10}', 4001],
    ['IDENTIFY without a token', '{"op":2,"d":{}}', 4002],
    ['IDENTIFY of nothing', '{"op":2,"d":null}', 4002],
    ['RESUME without a session', '{"op":6,"d":{"token":"x"}}', 4002],
  ])('the gateway closes on %s', async (_, frame, code) => {
    const client = await RawClient.connect(local);
    client.socket.send(frame);
    expect(await client.closed).toBe(code);
  });

  it('a frame of exactly 4096 bytes is taken, and a binary one is not', async () => {
    const client = await RawClient.connect(local);
    const frame = JSON.stringify({ op: 1, d: 'x'.repeat(4081) });
    expect(Buffer.byteLength(frame)).toBe(4096);
    client.socket.send(frame);
    await client.until(({ op }) => op === 11);
    client.socket.send(Buffer.from([0, 1, 2]));
    expect(await client.closed).toBe(4002);
  });
});
