import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Local, startLocal } from '../sandbox/local';
import { type BotApp, startBot } from './discord-bot-app';

async function until(what: string, holds: () => boolean | Promise<boolean>, patience = 10_000): Promise<void> {
  const giveUpAt = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error(`Within ${patience} ms it did not happen that ${what}.`);
    await delay(20);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Ready {
  readonly status: string;
  readonly parts: Record<string, { up: boolean; message: string }>;
}

describe('The connection to the gateway', () => {
  let local: Local | undefined;
  let app: BotApp | undefined;
  let child: ChildProcess | undefined;

  const discord = async (port = 0) => (local = await startLocal({ port }));
  const bot = async (options: Parameters<typeof startBot>[0]) => (app = await startBot(options));
  const connected = () => until('the bot is connected', () => app?.state.connected === true);

  afterEach(async () => {
    const ending = { app, local, child };
    app = local = child = undefined;
    ending.child?.kill('SIGKILL');
    await ending.app?.nest.close();
    await ending.local?.close();
  });

  it('does not keep the service from starting while Discord is down, and comes up when Discord does', async () => {
    const port = await freePort();
    const { url, state } = await bot({ discordUrl: `http://127.0.0.1:${port}` });
    const response = await fetch(`${url}/health/ready`);
    expect(response.status).toBe(200);
    const { parts } = (await response.json()) as Ready;
    expect(parts['bot']).toMatchObject({ up: true });
    await until('the reason is known', () => state.lastError !== null);
    expect(state.message).toMatch(/^Not connected to Discord's gateway since .*ECONNREFUSED/);

    await discord(port);
    await connected();
    expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({
      parts: { 'discord-gateway': { up: true, required: false } },
    });
  });

  it('does not end the service with a wrong token, nor ask Discord over and over', async () => {
    const { url, application, control } = await discord();
    const wrong = application.botToken.replace(/.{6}$/, 'WRONG1');
    const { state, url: service } = await bot({ discordUrl: url, botToken: wrong });
    await until('the token was refused', () => state.lastError !== null);
    expect(state.lastError).toMatch(/Discord does not accept the bot token.*DISCORD_BOT_TOKEN/);
    await delay(1_000);
    expect((await fetch(`${service}/health/ready`)).status).toBe(200);
    expect(await control('GET', '/sandbox/requests/summary')).toMatchObject({ total: 1 });
  });

  it('stays away without a token, and asks Discord nothing', async () => {
    const { url, control } = await discord();
    const { state, url: service } = await bot({ discordUrl: url, botToken: '' });
    expect(state.message).toMatch(/No bot token is configured/);
    const { status, parts } = (await (await fetch(`${service}/health/ready`)).json()) as Ready;
    expect([status, parts['bot']?.up, parts['discord-rest']?.up]).toEqual(['ok', true, false]);
    expect(await control('GET', '/sandbox/requests/summary')).toMatchObject({ total: 0 });
  });

  it('waits for a person when the intents are refused, and then goes on', async () => {
    const { url, control } = await discord();
    const { state } = await bot({ discordUrl: url });
    await connected();
    await control('POST', '/sandbox/gateway/disconnect', { code: 4014 });
    await until('the bot is told', () => !state.connected);
    expect(state.lastError).toMatch(/Server Members Intent/);
    await connected();
  });

  it('is not held up by a gateway that takes no connections', async () => {
    const { url, control } = await discord();
    await control('PUT', '/sandbox/gateway', { accepting: false });
    const { state } = await bot({ discordUrl: url });
    await until('the first attempt failed', () => state.lastError !== null);
    await control('PUT', '/sandbox/gateway', { accepting: true });
    await connected();
  });

  it('hears of members whom it has never seen before', async () => {
    const { url, server, person, control } = await discord();
    const guild = await server();
    const student = await person('ada');
    const old = await person('grace');
    await control('PUT', `/sandbox/guilds/${guild.id}/members/${old}`, {});
    const { heard } = await bot({ discordUrl: url });
    await connected();
    const { id: role } = await control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/roles`, {
      name: 'Student',
    });

    await control('PUT', `/sandbox/guilds/${guild.id}/members/${student}`, {});
    await control('PUT', `/sandbox/guilds/${guild.id}/members/${old}`, { roles: [role] });
    await control('DELETE', `/sandbox/guilds/${guild.id}/members/${old}`);
    await until('the leave is heard', () => heard.events.includes(`removed ${old}`));
    expect(heard.events).toEqual(['READY', `added ${student}`, `updated ${old} ${role}`, `removed ${old}`]);
  });

  it('misses nothing when it resumes, and says so when it cannot', async () => {
    const { url, server, person, control } = await discord();
    const guild = await server();
    const student = await person('ada');
    const { heard, state } = await bot({ discordUrl: url });
    await connected();

    await control('PUT', '/sandbox/gateway', { accepting: true, delayMs: 300 });
    await control('POST', '/sandbox/gateway/disconnect', { code: 4000, resumable: true });
    await control('PUT', `/sandbox/guilds/${guild.id}/members/${student}`, {});
    await until('the replay arrives', () => heard.events.includes(`added ${student}`));
    await until('it is connected again', () => state.connected);
    expect(heard.events).toEqual(['READY', `added ${student}`]);

    await control('POST', '/sandbox/gateway/disconnect', { code: 4000, resumable: false });
    await until('a new session began', () => heard.events.length === 3);
    expect(heard.events[2]).toBe('READY');
  });

  it('survives a listener that fails', async () => {
    const { url, server, person, control } = await discord();
    const guild = await server();
    const { heard } = await bot({ discordUrl: url });
    await connected();
    await control('DELETE', `/sandbox/channels/${guild.channelId}`);
    await until('the listener fails', () => heard.events.includes('failing'));
    const student = await person('ada');
    await control('PUT', `/sandbox/guilds/${guild.id}/members/${student}`, {});
    await until('the next event arrives', () => heard.events.includes(`added ${student}`));
  });

  it('remembers no members', async () => {
    const { url, server, control } = await discord();
    const guild = await server();
    const { client } = await bot({ discordUrl: url });
    await connected();
    const { ids } = await control<{ ids: string[] }>('POST', '/sandbox/users/bulk', { count: 50 });
    await control('POST', `/sandbox/guilds/${guild.id}/members/bulk`, { userIds: ids });
    await delay(300);
    expect(client.guilds.cache.get(guild.id)?.members.cache.size).toBe(1);
    expect(client.users.cache.size).toBe(1);
  });

  it('leaves no connection behind, whenever it is stopped', async () => {
    const { url, control } = await discord();
    await control('PUT', '/sandbox/gateway', { delayMs: 100 });
    await control('PUT', '/sandbox/faults', { rules: [{ route: '/gateway/bot', delayMs: 100 }] });
    for (const moment of [0, 150, 250, 'connected', 'told to reconnect', 'reconnecting'] as const) {
      const { nest } = await bot({ discordUrl: url });
      if (typeof moment === 'number') await delay(moment);
      else await connected();
      if (moment === 'told to reconnect') await control('POST', '/sandbox/gateway/disconnect', { reconnect: true });
      if (moment === 'reconnecting') await control('POST', '/sandbox/gateway/disconnect', { code: 4000 });
      await nest.close();
      // A shard that reconnects does so after half a second.
      await delay(800);
      expect({ moment, ...(await control('GET', '/sandbox/gateway')) }).toMatchObject({ moment, connections: 0 });
    }
  });

  describe('ends with the process', () => {
    /** Starts the bot in a process of its own; what it prints is awaited by `printed`. */
    const start = (discordUrl: string) => {
      const script = join(__dirname, '../support/discord-process.js');
      const process_ = spawn(process.execPath, [script, JSON.stringify({ discordUrl })], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child = process_;
      let output = '';
      process_.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const printed = (text: string) => until(`it prints "${text}"`, () => output.includes(text), 20_000);
      const end = async () => {
        const began = Date.now();
        process_.kill('SIGTERM');
        await until('the process has ended', () => process_.exitCode !== null || process_.signalCode !== null);
        return Date.now() - began;
      };
      return { printed, end };
    };

    it('while it is connected', async () => {
      const { url } = await discord();
      const { printed, end } = start(url);
      await printed('connected');
      expect(await end()).toBeLessThan(2_000);
    });

    it('right after the connection was lost', async () => {
      const { url, control } = await discord();
      const { printed, end } = start(url);
      await printed('connected');
      await control('PUT', '/sandbox/gateway', { accepting: true, delayMs: 400 });
      await control('POST', '/sandbox/gateway/disconnect', { code: 4000, resumable: true });
      await printed('reconnecting');
      expect(await end()).toBeLessThan(2_000);
    });

    it('while it waits for a gateway that does not speak', async () => {
      const { url, control } = await discord();
      await control('PUT', '/sandbox/gateway', { accepting: true, delayMs: 2_500 });
      const { printed, end } = start(url);
      await printed('up');
      await delay(500);
      expect(await end()).toBeLessThan(2_000);
      await delay(2_000);
    });

    it('while it asks Discord for the gateway', async () => {
      const { url, control } = await discord();
      await control('PUT', '/sandbox/faults', { rules: [{ route: '/gateway/bot', delayMs: 800 }] });
      const { printed, end } = start(url);
      await printed('up');
      expect(await end()).toBeLessThan(2_000);
    });

    it('while Discord is down', async () => {
      const { printed, end } = start(`http://127.0.0.1:${await freePort()}`);
      await printed('up');
      await delay(300);
      expect(await end()).toBeLessThan(2_000);
    });

    it('while a connection is being opened that is never answered', async () => {
      const silent = createServer().listen(0, '127.0.0.1');
      const sockets = new Set<{ destroy(): void }>();
      silent.on('connection', (socket) => sockets.add(socket));
      await once(silent, 'listening');
      const { url, control } = await discord();
      const gateway = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const limits = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 };
      await control('PUT', '/sandbox/faults', {
        rules: [{ route: '/gateway/bot', status: 200, body: { url: gateway, shards: 1, session_start_limit: limits } }],
      });
      const { printed, end } = start(url);
      await printed('up');
      await until('it knocks', () => sockets.size > 0);
      expect(await end()).toBeLessThan(2_000);
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
  });
});
