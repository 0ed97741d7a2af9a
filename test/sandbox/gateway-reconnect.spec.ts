import { REST } from '@discordjs/rest';
import { WebSocketManager, WebSocketShardEvents } from '@discordjs/ws';
import { GatewayDispatchEvents, GatewayIntentBits } from 'discord-api-types/v10';
import { type Local, startLocal } from './local';

interface Dispatch {
  readonly t: string;
  readonly d: Record<string, unknown>;
}

describe('@discordjs/ws on a gateway of the local Discord that', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;
  let manager: WebSocketManager;
  let heard: Dispatch[];
  let changed: () => void;

  beforeEach(async () => {
    local = await startLocal();
    guild = await local.server();
    heard = [];
    changed = () => undefined;
    manager = new WebSocketManager({
      token: local.application.botToken,
      intents: GatewayIntentBits.Guilds | GatewayIntentBits.GuildMembers,
      rest: new REST({ api: `${local.url}/api` }).setToken(local.application.botToken),
    });
    manager.on(WebSocketShardEvents.Error, () => undefined);
    manager.on(WebSocketShardEvents.Dispatch, ({ data }) => {
      heard.push({ t: data.t, d: data.d as unknown as Dispatch['d'] });
      changed();
    });
    await manager.connect();
    await event(GatewayDispatchEvents.GuildCreate);
  });
  afterEach(async () => {
    await manager.destroy();
    await local.close();
  });

  /** Waits for the event of this number. */
  async function event(name: string, count = 1): Promise<Dispatch> {
    for (;;) {
      const found = heard.filter(({ t }) => t === name);
      if (found.length >= count) return found[count - 1]!;
      await new Promise<void>((resolve) => (changed = resolve));
    }
  }
  const names = () => heard.map(({ t }) => t);
  async function join(): Promise<string> {
    const id = await local.person('ayu');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${id}`, {});
    return id;
  }
  const disconnect = (body: Record<string, unknown>) => local.control('POST', '/sandbox/gateway/disconnect', body);

  it('asks to reconnect (op 7): it comes back and resumes its session, without a new READY', async () => {
    expect(await disconnect({ reconnect: true })).toEqual({ disconnected: 1 });
    await event(GatewayDispatchEvents.Resumed);
    const ayu = await join();
    expect((await event(GatewayDispatchEvents.GuildMemberAdd)).d).toMatchObject({ user: { id: ayu } });
    expect(names().filter((name) => name === 'READY')).toHaveLength(1);
  });

  it('refuses it for a while: it keeps trying, and misses nothing', async () => {
    await local.control('PUT', '/sandbox/gateway', { accepting: false });
    await disconnect({});
    const ayu = await join();
    await new Promise<void>((resolve) => manager.once(WebSocketShardEvents.Error, () => resolve()));
    expect(names()).not.toContain('GUILD_MEMBER_ADD');
    await local.control('PUT', '/sandbox/gateway', { accepting: true });
    await event(GatewayDispatchEvents.Resumed);
    expect((await event(GatewayDispatchEvents.GuildMemberAdd)).d).toMatchObject({ user: { id: ayu } });
  });
});
