import { once } from 'node:events';
import { createRequire } from 'node:module';
import {
  type API as DiscordApi,
  Client as CoreClient,
  GatewayDispatchEvents,
  GatewayIntentBits,
} from '@discordjs/core';
import { REST } from '@discordjs/rest';
import { ApplicationCommandType } from 'discord-api-types/v10';
import {
  ApplicationCommandTypes,
  Client as Oceanic,
  type CommandInteraction,
  type Member,
  type Message,
} from 'oceanic.js';
import { type Local, startLocal } from './local';

type CoreGateway = ConstructorParameters<typeof CoreClient>[0]['gateway'] & {
  connect(): Promise<void>;
  destroy(): Promise<void>;
};

/** @discordjs/core brings a newer @discordjs/ws of its own than discord.js does, and the two do not mix. */
const { WebSocketManager } = createRequire(require.resolve('@discordjs/core'))('@discordjs/ws') as {
  WebSocketManager: new (options: Record<string, unknown>) => CoreGateway;
};

const COMMAND = { name: 'status', description: 'How am I doing' };

describe('clients that nobody here wrote', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeEach(async () => {
    local = await startLocal();
    guild = await local.server('Algebra', '8');
  });
  afterEach(() => local.close());

  const join = async (name: string) => {
    const id = await local.person(name);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${id}`, {});
    return id;
  };
  const run = () =>
    local.control<{ responses: unknown[] }>('POST', '/sandbox/interactions', {
      guildId: guild.id,
      userId: guild.ownerId,
      command: 'status',
    });

  it('@discordjs/core with @discordjs/ws connects, acts and hears', async () => {
    const rest = new REST({ api: `${local.url}/api` }).setToken(local.application.botToken);
    const gateway = new WebSocketManager({
      token: local.application.botToken,
      intents: GatewayIntentBits.Guilds | GatewayIntentBits.GuildMembers | GatewayIntentBits.GuildMessages,
      rest,
    });
    const client = new CoreClient({ rest, gateway });
    const next = async (event: GatewayDispatchEvents) => {
      const [happened] = (await once(client, event)) as [{ data: Record<string, unknown>; api: DiscordApi }];
      return happened.data;
    };
    const ready = next(GatewayDispatchEvents.Ready);
    const created = next(GatewayDispatchEvents.GuildCreate);
    await gateway.connect();
    expect(await ready).toMatchObject({ user: { id: local.application.botUserId } });
    expect(await created).toMatchObject({ id: guild.id, name: 'Algebra' });

    const added = next(GatewayDispatchEvents.GuildMemberAdd);
    const ayu = await join('ayu');
    expect(await added).toMatchObject({ user: { id: ayu } });

    const role = await client.api.guilds.createRole(guild.id, { name: 'Student' });
    const updated = next(GatewayDispatchEvents.GuildMemberUpdate);
    await client.api.guilds.addRoleToMember(guild.id, ayu, role.id, { reason: 'enrolled' });
    expect(await updated).toMatchObject({ roles: [role.id] });

    const written = next(GatewayDispatchEvents.MessageCreate);
    const file = { name: 'hello.txt', data: Buffer.from('Hello'), contentType: 'text/plain' };
    const message = await client.api.channels.createMessage(guild.channelId, { content: 'Welcome', files: [file] });
    expect(await written).toMatchObject({ id: message.id, content: 'Welcome' });
    const [attachment] = message.attachments;
    expect(attachment).toMatchObject({ filename: 'hello.txt', size: 5, content_type: 'text/plain' });
    expect(await (await fetch(attachment!.url)).text()).toBe('Hello');

    const invite = await client.api.channels.createInvite(guild.channelId, { max_uses: 1, role_ids: [role.id] });
    expect((await client.api.invites.get(invite.code)).guild?.id).toBe(guild.id);

    await client.api.applicationCommands.bulkOverwriteGlobalCommands(local.application.id, [
      { ...COMMAND, type: ApplicationCommandType.ChatInput },
    ]);
    client.once(GatewayDispatchEvents.InteractionCreate, ({ data, api }) => {
      void api.interactions.reply(data.id, data.token, { content: 'Fine' });
    });
    expect((await run()).responses).toEqual([{ type: 4, content: 'Fine', embeds: [], ephemeral: false }]);
    await gateway.destroy();
  });

  it('oceanic.js connects, acts and hears', async () => {
    const client = new Oceanic({
      auth: `Bot ${local.application.botToken}`,
      rest: { baseURL: `${local.url}/api/v10` },
      gateway: { intents: ['GUILDS', 'GUILD_MEMBERS', 'GUILD_MESSAGES', 'MESSAGE_CONTENT'] },
    });
    const problems: unknown[] = [];
    client.on('error', (problem) => problems.push(problem));
    const ready = once(client, 'ready');
    await client.connect();
    await ready;
    expect(client.user.id).toBe(local.application.botUserId);
    expect(client.guilds.get(guild.id)?.name).toBe('Algebra');

    const added = once(client, 'guildMemberAdd');
    const ayu = await join('ayu');
    const [member] = (await added) as [Member];
    expect(member.id).toBe(ayu);

    const role = await client.rest.guilds.createRole(guild.id, { name: 'Student', reason: 'a course' });
    const updated = once(client, 'guildMemberUpdate');
    await member.addRole(role.id, 'enrolled');
    expect(((await updated) as [Member])[0].roles).toEqual([role.id]);

    const written = once(client, 'messageCreate');
    await client.rest.channels.createMessage(guild.channelId, { content: 'Welcome', embeds: [{ title: 'Algebra' }] });
    const [message] = (await written) as [Message];
    expect([message.content, message.embeds[0]?.title]).toEqual(['Welcome', 'Algebra']);

    const invite = await client.rest.channels.createInvite(guild.channelId, { maxUses: 1, unique: true });
    expect((await client.rest.guilds.getInvites(guild.id)).map((each) => each.code)).toContain(invite.code);

    await client.application.bulkEditGlobalCommands([{ ...COMMAND, type: ApplicationCommandTypes.CHAT_INPUT }]);
    client.once('interactionCreate', (interaction) => {
      const command = interaction as CommandInteraction;
      void command.defer(64).then(() => command.editOriginal({ content: 'Fine' }));
    });
    expect((await run()).responses).toEqual([{ type: 5, content: 'Fine', embeds: [], ephemeral: true }]);

    const { members } = await client.guilds
      .get(guild.id)!
      .requestMembers()
      .then((list) => ({ members: list }));
    expect(members.map((each) => each.id)).toContain(ayu);
    expect(problems).toEqual([]);
    client.disconnect(false);
  });
});
