import { type Local, startLocal } from './local';
import { type Payload, RawClient } from './raw-client';

const SUBCOMMAND = 1;
const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const USER = 6;
const CHANNEL = 7;
const ROLE = 8;
const NUMBER = 10;
const FILE = 11;
const [GUILD, BOT_DM] = [0, 1];

describe('what people can send to a command of the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;
  let bot: RawClient;
  let ayu: string;
  let commands: string;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
    ayu = await local.person('ayu');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${ayu}`, {});
    commands = `/applications/${local.application.id}/commands`;
    bot = await RawClient.connect(local);
    bot.identify(local);
    await bot.event('READY');
  });
  afterAll(async () => {
    await Promise.all(waiting);
    bot.socket.terminate();
    await local.close();
  });

  const register = (...all: Record<string, unknown>[]) =>
    local.bot(
      'PUT',
      commands,
      all.map((each) => ({ name: 'try', description: 'x', ...each })),
    );
  const run = (more: Record<string, unknown>) =>
    local.call('POST', '/sandbox/interactions', { guildId: guild.id, userId: ayu, command: 'try', ...more });
  /** What waits for the bot's last word. */
  const waiting: Promise<unknown>[] = [];
  const answer = (d: Payload['d'], type: number, data: Record<string, unknown>) =>
    local.call('POST', `/api/v10/interactions/${String(d['id'])}/${String(d['token'])}/callback`, { type, data });
  /** The interaction that the bot was sent, or why the person could not send it. */
  const sent = async (more: Record<string, unknown>): Promise<Payload['d'] | string> => {
    const before = bot.received.length;
    const outcome = run(more);
    waiting.push(outcome);
    const came = bot.until(({ t }) => t === 'INTERACTION_CREATE' && bot.received.length > before);
    const fresh = async () => {
      await came;
      return bot.received.slice(before).find(({ t }) => t === 'INTERACTION_CREATE')!.d;
    };
    const first = await Promise.race([fresh(), outcome]);
    if ('status' in first) return String((first as Awaited<typeof outcome>).body['message']);
    await answer(first, 4, { content: 'ok' });
    return first;
  };
  const values = async (options: Record<string, unknown>) => {
    const interaction = await sent({ options });
    if (typeof interaction === 'string') return interaction;
    const { options: list = [] } = interaction['data'] as { options?: { value: unknown }[] };
    return list.map(({ value }) => value);
  };

  it('keeps within lengths, ranges, choices and types', async () => {
    const { id: voice } = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/channels`, {
      name: 'voice',
      type: 2,
    });
    const option = (type: number, name: string, more: Record<string, unknown> = {}) => ({
      type,
      name,
      description: 'x',
      ...more,
    });
    await register({
      options: [
        option(STRING, 'text', { min_length: 2, max_length: 3 }),
        option(STRING, 'pick', { choices: [{ name: 'Algebra', value: 'a' }] }),
        option(INTEGER, 'days', { min_value: 1, max_value: 30 }),
        option(INTEGER, 'one', { choices: [{ name: 'One', value: 1 }] }),
        option(NUMBER, 'half', { max_value: 0.5 }),
        option(BOOLEAN, 'yes'),
        option(CHANNEL, 'where', { channel_types: [0] }),
        option(FILE, 'file'),
      ],
    });
    for (const [options, refusal] of [
      [{ text: 'a' }, '"text" has to have from 2 to 3 characters'],
      [{ text: 'abcd' }, '"text" has to have from 2 to 3 characters'],
      [{ pick: 'Algebra' }, '"pick" does not offer "Algebra"'],
      [{ days: 0 }, '"days" has to be from 1 to 30'],
      [{ days: 31 }, '"days" has to be from 1 to 30'],
      [{ days: 1.5 }, 'has to be a whole number'],
      [{ days: 2 ** 53 }, '"days" has to be from 1 to 30'],
      [{ one: 2 }, '"one" does not offer "2"'],
      [{ half: 0.6 }, '"half" has to be'],
      [{ half: '1e400' }, 'has to be a number'],
      [{ yes: 'maybe' }, '"yes" has to be true or false'],
      [{ where: voice }, '"where" does not take channels of this type'],
      [{ where: 'general' }, 'which does not exist here'],
      [{ file: 'x' }, 'files cannot be sent'],
      [{ unknown: 1 }, 'has no option "unknown"'],
    ] as const) {
      expect([options, await values(options)]).toEqual([options, expect.stringContaining(refusal)]);
    }
    const options = { text: 'abc', pick: 'a', days: '30', one: 1, half: 0.5, yes: 'true', where: guild.channelId };
    expect(await values(options)).toEqual(['abc', 'a', 30, 1, 0.5, true, guild.channelId]);
  });

  it('completes only what the bot completes, and leaves out what is not right yet', async () => {
    await register({
      options: [
        { type: STRING, name: 'plain', description: 'x', required: true, min_length: 5 },
        { type: STRING, name: 'typed', description: 'x', autocomplete: true, min_length: 5 },
      ],
    });
    const complete = (focused: string) =>
      local.call('POST', '/sandbox/interactions/autocomplete', {
        guildId: guild.id,
        userId: ayu,
        command: 'try',
        focused,
        options: { plain: 'a', typed: 'b' },
      });
    expect((await complete('plain')).body['message']).toContain('"plain" is not completed by the bot');
    expect((await complete('nothing')).body['message']).toContain('has no option "nothing"');
    waiting.push(complete('typed'));
    const { d } = await bot.until(({ t, d }) => t === 'INTERACTION_CREATE' && d['type'] === 4);
    expect(d['data']).toMatchObject({ options: [{ name: 'typed', value: 'b', focused: true }] });
    await answer(d, 8, { choices: [] });
  });

  it('reaches the bot in direct messages, where the command allows it', async () => {
    await register(
      { options: [{ type: USER, name: 'who', description: 'x' }] },
      { name: 'server-only', contexts: [GUILD] },
      { name: 'old-server-only', dm_permission: false },
      { name: 'private-only', contexts: [BOT_DM], default_member_permissions: '0' },
      { name: 'roles', options: [{ type: ROLE, name: 'role', description: 'x' }] },
      { name: 'group', options: [{ type: SUBCOMMAND, name: 'sub', description: 'x' }] },
      { name: 'self-installed', integration_types: [1] },
    );
    await local.bot('POST', `/applications/${local.application.id}/guilds/${guild.id}/commands`, {
      name: 'of-server',
      description: 'x',
    });
    const direct = (command: string, options = {}) => sent({ guildId: undefined, command, options });
    const interaction = await direct('try', { who: ayu });
    expect(interaction).toMatchObject({
      context: 1,
      user: { id: ayu },
      channel: { type: 1, recipients: [{ id: ayu }] },
      data: { resolved: { users: { [ayu]: { username: 'ayu' } } } },
    });
    expect(interaction).not.toHaveProperty('guild_id');
    expect(interaction).not.toHaveProperty('member');
    const { dms } = await local.control<{ dms: { userId: string; messages: { content: string }[] }[] }>(
      'GET',
      '/sandbox/state',
    );
    expect(dms.find(({ userId }) => userId === ayu)?.messages).toMatchObject([{ content: 'ok' }]);
    // Permissions of members mean nothing where there are no members.
    expect(await direct('private-only')).toMatchObject({ data: { name: 'private-only' } });
    expect(await direct('group sub')).toMatchObject({ data: { name: 'group' } });
    for (const name of ['server-only', 'old-server-only', 'of-server', 'self-installed']) {
      expect(await direct(name)).toContain('/' + name);
    }
    expect(await direct('roles', { role: guild.botRoleId })).toContain('which does not exist here');
    expect(await sent({ command: 'private-only', userId: guild.ownerId })).toContain('cannot be used in servers');
    expect(await sent({ command: 'self-installed' })).toContain('only for who has installed the application');
    expect(await sent({ command: 'of-server' })).toMatchObject({ context: 0, guild_id: guild.id });
    const stranger = await local.person('stranger');
    expect(await sent({ guildId: undefined, userId: stranger })).toContain('shares no server with the bot');
  });

  it('is offered by the page in direct messages', async () => {
    await register({}, { name: 'server-only', contexts: [GUILD] }, { type: 3, name: 'Report', description: '' });
    const { body } = await local.bot('POST', '/users/@me/channels', { recipient_id: ayu });
    const view = await local.control('GET', `/sandbox/view/channels/${String(body['id'])}?as=${ayu}`);
    expect(view).toMatchObject({ commands: [{ name: 'try' }], messageCommands: [{ name: 'Report' }] });
    const { id: message } = await local.control<{ id: string }>(
      'POST',
      `/sandbox/channels/${String(body['id'])}/messages`,
      { authorId: ayu, content: 'spam' },
    );
    waiting.push(
      local.call('POST', '/sandbox/interactions/context-menu', {
        userId: ayu,
        command: 'Report',
        targetMessageId: message,
      }),
    );
    const { d } = await bot.until(({ t, d }) => t === 'INTERACTION_CREATE' && 'target_id' in (d['data'] as object));
    expect(d).toMatchObject({ context: 1, data: { target_id: message } });
    await answer(d, 4, { content: 'ok' });
  });
});
