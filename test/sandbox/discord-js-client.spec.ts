import { once } from 'node:events';
import {
  ApplicationCommandOptionType,
  Client,
  Events,
  GatewayIntentBits,
  type GuildMember,
  type Invite,
  type Message,
  MessageFlags,
} from 'discord.js';
import { type Local, startLocal } from './local';

const ALL = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMembers,
  GatewayIntentBits.GuildModeration,
  GatewayIntentBits.GuildInvites,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.MessageContent,
  GatewayIntentBits.DirectMessages,
];

describe('discord.js on the local Discord', () => {
  let local: Local;
  let client: Client;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server('Algebra', '8');
    client = new Client({ intents: ALL, rest: { api: `${local.url}/api` } });
    const ready = once(client, Events.ClientReady);
    await client.login(local.application.botToken);
    await ready;
  });

  afterAll(async () => {
    await client.destroy();
    await local.close();
  });

  /** The next event that fits, however many others come before. */
  function next<T>(event: string, fits: (value: T) => boolean = () => true): Promise<T> {
    return new Promise((resolve) => {
      const listener = (value: T) => {
        if (!fits(value)) return;
        client.off(event, listener as () => void);
        resolve(value);
      };
      client.on(event, listener as () => void);
    });
  }

  it('knows its servers once it is ready', () => {
    expect(client.guilds.cache.get(guild.id)?.name).toBe('Algebra');
    expect(client.user?.id).toBe(local.application.botUserId);
  });

  it('hears of people who come and go', async () => {
    const ayu = await local.person('ayu');
    const added = next<GuildMember>(Events.GuildMemberAdd);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${ayu}`, {});
    expect((await added).user.username).toBe('ayu');
    const removed = next<GuildMember>(Events.GuildMemberRemove);
    await local.control('DELETE', `/sandbox/guilds/${guild.id}/members/${ayu}`);
    expect((await removed).id).toBe(ayu);
  });

  it('adds a person with an access token and gives a role', async () => {
    const budi = await local.person('budi');
    const { access_token: accessToken } = await local.grant(budi);
    const server = client.guilds.cache.get(guild.id)!;
    const role = await server.roles.create({ name: 'Student', permissions: [] });
    const member = await server.members.add(budi, { accessToken, roles: [role.id] });
    expect(member.roles.cache.has(role.id)).toBe(true);
    await member.roles.remove(role);
    expect((await server.members.fetch({ user: budi, force: true })).roles.cache.has(role.id)).toBe(false);
  });

  it('fetches all members over the gateway', async () => {
    const members = await client.guilds.cache.get(guild.id)!.members.fetch();
    expect(members.has(guild.ownerId)).toBe(true);
  });

  it('makes invites for some people with roles, and hears of them', async () => {
    const citra = await local.person('citra');
    const dewi = await local.person('dewi');
    const server = client.guilds.cache.get(guild.id)!;
    const role = await server.roles.create({ name: 'Guest', permissions: [] });
    const created = next<Invite>(Events.InviteCreate);
    const invite = await server.invites.create(guild.channelId, {
      maxAge: 3600,
      maxUses: 1,
      unique: true,
      roles: [role.id],
      targetUsersFile: Buffer.from(`user_id\n${citra}\n`),
      reason: 'for Citra',
    });
    expect((await created).code).toBe(invite.code);
    expect(await local.targetUsersJob(invite.code)).toMatchObject({ status: 2 });
    const foreign = await local.call('POST', `/sandbox/invites/${invite.code}/accept`, { userId: dewi });
    expect(foreign.body).toMatchObject({ code: 10006 });
    const deleted = next<Invite>(Events.InviteDelete);
    await local.control('POST', `/sandbox/invites/${invite.code}/accept`, { userId: citra });
    expect((await deleted).code).toBe(invite.code);
    expect((await server.members.fetch(citra)).roles.cache.has(role.id)).toBe(true);
  });

  it('writes and reads messages', async () => {
    const received = next<Message>(Events.MessageCreate, (message) => !message.author.bot);
    await local.control('POST', `/sandbox/channels/${guild.channelId}/messages`, {
      authorId: guild.ownerId,
      content: 'Hello there',
    });
    const message = await received;
    expect(message.content).toBe('Hello there');
    const reply = await message.reply('General Kenobi');
    expect(reply.reference?.messageId).toBe(message.id);
    await reply.edit('Edited');
    await reply.delete();
  });

  it('resumes after a lost connection and misses nothing', async () => {
    const eka = await local.person('eka');
    const resumed = next<number>(Events.ShardResume);
    await local.control('PUT', '/sandbox/gateway', { accepting: true, delayMs: 200 });
    await local.control('POST', '/sandbox/gateway/disconnect', { resumable: true });
    const added = next<GuildMember>(Events.GuildMemberAdd);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${eka}`, {});
    expect((await added).id).toBe(eka);
    await resumed;
    await local.control('PUT', '/sandbox/gateway', { accepting: true, delayMs: 0 });
  });

  it('hears INVALID_SESSION when it wants to resume a session that is over, and identifies anew', async () => {
    const identified = next<{ t: string | null }>(Events.Raw, ({ t }) => t === 'READY');
    const resumed = jest.fn();
    client.on(Events.ShardResume, resumed);
    await local.control('POST', '/sandbox/gateway/disconnect', { resumable: false, code: 4000 });
    await identified;
    client.off(Events.ShardResume, resumed);
    expect(resumed).not.toHaveBeenCalled();
  });

  it('answers slash commands', async () => {
    await client.application!.commands.set([
      {
        name: 'status',
        description: 'How am I doing',
        options: [{ name: 'course', type: ApplicationCommandOptionType.String, description: 'Which' }],
      },
    ]);
    client.once(Events.InteractionCreate, (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      void (async () => {
        await interaction.deferReply({ flags: MessageFlags.Ephemeral });
        await interaction.editReply(`Course ${interaction.options.getString('course') ?? 'none'}`);
        await interaction.followUp('And more');
      })();
    });
    const result = await local.control<{ responses: unknown[] }>('POST', '/sandbox/interactions', {
      guildId: guild.id,
      userId: guild.ownerId,
      command: 'status',
      options: { course: 'Algebra' },
    });
    expect(result.responses).toEqual([
      { type: 5, content: 'Course Algebra', embeds: [], ephemeral: true },
      { type: 4, content: 'And more', embeds: [], ephemeral: false },
    ]);
  });

  it('hears that it was removed from a server and added to another', async () => {
    const other = await local.control<{ id: string }>('POST', '/sandbox/guilds', {
      name: 'Logic',
      ownerId: guild.ownerId,
    });
    const joined = next<{ id: string }>(Events.GuildCreate);
    await local.control('PUT', `/sandbox/guilds/${other.id}/bot`, {});
    expect((await joined).id).toBe(other.id);
    const left = next<{ id: string }>(Events.GuildDelete);
    await local.control('DELETE', `/sandbox/guilds/${other.id}/bot`);
    expect((await left).id).toBe(other.id);
  });
});
