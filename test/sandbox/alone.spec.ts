import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { Child } from '../e2e/support/child-process';

const ADDRESS = /HTTP API +(http:\/\/127\.0\.0\.1:\d+)\/api\/v10/;

describe('the local Discord alone, as a program', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-alone-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('says where it is, answers there, and ends with 0 on SIGTERM although clients are connected', async () => {
    const stateFile = join(folder, 'state.json');
    const child = Child.run('sandbox/main.ts', {
      env: {
        SANDBOX_PORT: '0',
        SANDBOX_STATE_FILE: stateFile,
        SANDBOX_REDIRECT_URIS: 'http://localhost:1/a, http://localhost:1/b',
      },
    });
    const [, url = ''] = await child.prints(ADDRESS);
    const [, token = ''] = await child.prints(/bot token +(\S+)/);
    const [, id = ''] = await child.prints(/application +(\d+)/);
    const [, secret = ''] = await child.prints(/client secret +(\S+)/);
    const granted = await fetch(`${url}/api/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'identify' }),
    });
    expect(granted.status).toBe(200);
    const me = await fetch(`${url}/api/v10/users/@me`, { headers: { authorization: `Bot ${token}` } });
    expect([me.status, await me.json()]).toEqual([200, expect.objectContaining({ bot: true })]);
    const state = (await (await fetch(`${url}/sandbox/state`)).json()) as { application: { redirectUris: string[] } };
    expect(state.application.redirectUris).toEqual(['http://localhost:1/a', 'http://localhost:1/b']);
    const [, gateway = ''] = await child.prints(/Gateway +(\S+)/);
    const socket = new WebSocket(`${gateway}?v=10&encoding=json`);
    socket.on('error', () => undefined);
    await once(socket, 'message');
    const json = { 'content-type': 'application/json' };
    await fetch(`${url}/sandbox/users`, { method: 'POST', headers: json, body: '{"username":"ayu"}' });
    expect(await child.stop('SIGTERM')).toBe(0);
    // What happened last is in the file.
    expect(readFileSync(stateFile, 'utf8')).toContain('"ayu"');
  });

  it('says what is wrong with its settings, and ends with 1', async () => {
    const wrong = Child.run('sandbox/main.ts', { env: { SANDBOX_PORT: 'many' } });
    expect(await wrong.ended).toBe(1);
    expect(wrong.output).toBe('SANDBOX_PORT has to be a port from 0 to 65535, not "many".\n');
  });

  it('is what `npm run sandbox` starts', () => {
    const { scripts } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['sandbox']).toContain('node dist/sandbox/main.js');
  });
});
