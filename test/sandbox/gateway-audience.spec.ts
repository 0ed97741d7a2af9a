import { type Local, startLocal } from './local';
import { RawClient } from './raw-client';

const BAN_MEMBERS = 4;
const MANAGE_CHANNELS = 16;
const MANAGE_GUILD = 32;
const VIEW_AUDIT_LOG = 128;
/** Servers, moderation, invites. */
const INTENTS = 1 | 4 | 64;

const BANS = ['GUILD_BAN_ADD', 'GUILD_BAN_REMOVE'];
const INVITES = ['INVITE_CREATE', 'INVITE_DELETE'];
const AUDIT_LOG = ['GUILD_AUDIT_LOG_ENTRY_CREATE'];

describe('who hears of what over the gateway', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;
  const clients: RawClient[] = [];

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.socket.terminate();
  });
  afterAll(() => local.close());

  /** Things happen that only some bots may know of. Returns the names of the events that this one heard. */
  async function heardOf(intents: number): Promise<string[]> {
    const client = await RawClient.connect(local);
    clients.push(client);
    client.identify(local, { intents });
    await client.event('GUILD_CREATE');
    const before = client.received.length;
    const person = await local.person('p');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/bans/${person}`);
    await local.control('DELETE', `/sandbox/guilds/${guild.id}/bans/${person}`);
    const { body } = await local.bot('POST', `/channels/${guild.channelId}/invites`, { unique: true });
    expect((await local.bot('DELETE', `/invites/${String(body['code'])}`)).status).toBe(200);
    await local.control('POST', `/sandbox/guilds/${guild.id}/roles`, { name: 'last' });
    await client.until(({ t, d }) => t === 'GUILD_ROLE_CREATE' && (d['role'] as { name: string }).name === 'last');
    const names = client.received.slice(before).flatMap(({ t }) => t ?? []);
    return [...BANS, ...INVITES, ...AUDIT_LOG].filter((name) => names.includes(name));
  }
  const permit = (permissions: number) =>
    local.control('PUT', `/sandbox/guilds/${guild.id}/bot`, { permissions: String(1 | permissions) });

  it.each([
    ['no permission: nothing', 0, []],
    ['BAN_MEMBERS: bans', BAN_MEMBERS, BANS],
    ['VIEW_AUDIT_LOG: bans and the audit log', VIEW_AUDIT_LOG, [...BANS, ...AUDIT_LOG]],
    ['MANAGE_CHANNELS: invites', MANAGE_CHANNELS, INVITES],
    ['MANAGE_GUILD: nothing', MANAGE_GUILD, []],
    ['all of these: everything', BAN_MEMBERS | VIEW_AUDIT_LOG | MANAGE_CHANNELS, [...BANS, ...INVITES, ...AUDIT_LOG]],
  ])('a bot with %s', async (_, permissions, expected) => {
    await permit(permissions);
    expect(await heardOf(INTENTS)).toEqual(expected);
  });

  it('a bot that may, but did not ask for the intent: nothing', async () => {
    await permit(BAN_MEMBERS | VIEW_AUDIT_LOG | MANAGE_CHANNELS);
    expect(await heardOf(1)).toEqual([]);
  });
});
