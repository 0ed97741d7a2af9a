import { once } from 'node:events';
import { Client, Events, type Interaction, MessageFlags } from 'discord.js';
import { type Local, startLocal } from './local';

const USER = 2;
const MESSAGE = 3;

describe('commands of context menus on the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;
  let client: Client<true>;
  let commands: string;
  let ayu: string;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
    ayu = await local.person('ayu');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${ayu}`, {});
    commands = `/applications/${local.application.id}/commands`;
    const starting = new Client({ intents: 1, rest: { api: `${local.url}/api` } });
    const ready = once(starting, Events.ClientReady);
    await starting.login(local.application.botToken);
    await ready;
    client = starting as Client<true>;
  });
  afterEach(() => client.removeAllListeners(Events.InteractionCreate));
  afterAll(async () => {
    await client.destroy();
    await local.close();
  });

  const onInteraction = (answer: (interaction: Interaction) => Promise<unknown>) =>
    client.once(Events.InteractionCreate, (interaction: Interaction) => void answer(interaction));
  const run = (command: string, more: Record<string, unknown>) =>
    local.call('POST', '/sandbox/interactions/context-menu', {
      guildId: guild.id,
      userId: guild.ownerId,
      command,
      ...more,
    });
  const errorsOf = async (command: Record<string, unknown>) => (await local.bot('POST', commands, command)).body;

  it('are registered by a name alone, in any case and with spaces', async () => {
    const made = await local.bot('PUT', commands, [
      { type: USER, name: 'Course Status' },
      { type: MESSAGE, name: 'Course Status', description: '' },
      { name: 'course', description: 'x' },
    ]);
    expect(made.list).toMatchObject([
      { type: USER, name: 'Course Status', description: '' },
      { type: MESSAGE, name: 'Course Status', description: '' },
      { type: 1, name: 'course' },
    ]);
    expect(await errorsOf({ type: USER, name: 'x', description: 'x' })).toMatchObject({
      code: 50035,
      errors: {
        description: {
          _errors: [
            {
              code: 'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID',
              message: 'Context menu commands cannot have description',
            },
          ],
        },
      },
    });
    const options = [{ type: 3, name: 'a', description: 'x' }];
    expect(await errorsOf({ type: MESSAGE, name: 'x', options })).toMatchObject({
      errors: { options: { _errors: [{ message: 'Context menu commands cannot have options' }] } },
    });
    const path = `${commands}/${String(made.list[0]!['id'])}`;
    expect((await local.bot('PATCH', path, { description: 'x' })).body['code']).toBe(50035);
    expect((await local.bot('PATCH', path, { name: 'Course' })).body['name']).toBe('Course');
  });

  it('are limited to 15 of each kind', async () => {
    const many = await local.server('Many');
    const path = `/applications/${local.application.id}/guilds/${many.id}/commands`;
    const named = (count: number, type: number) =>
      Array.from({ length: count }, (_, at) => ({ type, name: `A ${at}` }));
    expect((await local.bot('PUT', path, [...named(15, USER), ...named(15, MESSAGE)])).status).toBe(200);
    expect((await local.bot('POST', path, { type: USER, name: 'One more' })).body['code']).toBe(30032);
    expect((await local.bot('PUT', path, named(16, MESSAGE))).body['code']).toBe(30032);
    expect((await local.bot('POST', path, { name: 'slash', description: 'x' })).status).toBe(201);
  });

  it('bring the member that they are run on', async () => {
    await local.bot('PUT', commands, [{ type: USER, name: 'Course status' }]);
    onInteraction(async (interaction) => {
      if (!interaction.isUserContextMenuCommand() || !interaction.inCachedGuild()) return;
      const joined = interaction.targetMember?.joinedAt instanceof Date;
      await interaction.reply(`${interaction.targetUser.username} ${joined} ${interaction.user.username}`);
    });
    const { body } = await run('Course status', { targetUserId: ayu });
    expect(body['responses']).toEqual([{ type: 4, content: 'ayu true owner', embeds: [], ephemeral: false }]);
    const { list } = await local.bot('GET', `/channels/${guild.channelId}/messages`);
    expect(list[0]).toMatchObject({
      interaction: { name: 'Course status' },
      interaction_metadata: { type: 2, target_user: { id: ayu } },
    });
  });

  it('bring the message that they are run on, with content that needs no intent', async () => {
    await local.bot('PUT', commands, [{ type: MESSAGE, name: 'Report' }]);
    const message = await local.control<{ id: string }>('POST', `/sandbox/channels/${guild.channelId}/messages`, {
      authorId: ayu,
      content: 'spam',
    });
    onInteraction(async (interaction) => {
      if (!interaction.isMessageContextMenuCommand()) return;
      const { author, content } = interaction.targetMessage;
      await interaction.reply({ content: `${author.username}: ${content}`, flags: MessageFlags.Ephemeral });
    });
    const { body } = await run('Report', { targetMessageId: message.id });
    expect(body['responses']).toEqual([{ type: 4, content: 'ayu: spam', embeds: [], ephemeral: true }]);
  });

  it('cannot be run by who does not see them, nor on what is not there', async () => {
    await local.bot('PUT', commands, [
      { type: USER, name: 'Admin', default_member_permissions: '32' },
      { type: USER, name: 'Anybody' },
    ]);
    const said = async (command: string, more: Record<string, unknown>) => {
      const { status, body } = await run(command, more);
      return `${status} ${String(body['message'])}`;
    };
    expect(await said('Admin', { userId: ayu, targetUserId: ayu })).toContain('400 Discord hides "Admin"');
    expect(await said('Report', { targetUserId: ayu })).toContain('400 There is no user command "Report"');
    expect(await said('Anybody', { targetUserId: guild.id })).toContain('which does not exist here');
    expect(await said('Anybody', { targetMessageId: guild.id })).toContain('There is no message');
    expect(await said('Anybody', {})).toContain('name "targetUserId" or "targetMessageId"');
    const stranger = await local.person('stranger');
    expect(await said('Anybody', { userId: stranger, targetUserId: ayu })).toContain('is not in Algebra');
    const slash = { guildId: guild.id, userId: ayu, command: 'Anybody' };
    expect((await local.call('POST', '/sandbox/interactions', slash)).body['message']).toContain('There is no command');
  });
});
