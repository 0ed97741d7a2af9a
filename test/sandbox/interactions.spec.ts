import { once } from 'node:events';
import {
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  Client,
  Events,
  type Interaction,
} from 'discord.js';
import { type Local, startLocal } from './local';

const STRING = 3;
const USER = 6;

describe('slash commands on the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;
  let client: Client<true>;
  let commands: string;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
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

  function onCommand(answer: (interaction: ChatInputCommandInteraction) => Promise<unknown>): void {
    client.once(Events.InteractionCreate, (interaction: Interaction) => {
      if (interaction.isChatInputCommand()) void answer(interaction);
    });
  }

  const run = (command: string, more: Record<string, unknown> = {}) =>
    local.call('POST', '/sandbox/interactions', { guildId: guild.id, userId: guild.ownerId, command, ...more });

  it('are validated like Discord validates them', async () => {
    const refused = await local.bot('PUT', commands, [
      { name: 'Upper Case', description: 'x' },
      { name: 'fine', description: '' },
      {
        name: 'options',
        description: 'x',
        options: [
          { type: STRING, name: 'a', description: 'x' },
          { type: STRING, name: 'b', description: 'x', required: true },
        ],
      },
    ]);
    expect(refused).toMatchObject({
      status: 400,
      body: {
        code: 50035,
        errors: {
          0: { name: { _errors: [{ code: 'APPLICATION_COMMAND_INVALID_NAME' }] } },
          1: { description: { _errors: [{ code: 'BASE_TYPE_REQUIRED' }] } },
          2: { options: { 1: { _errors: [{ code: 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID' }] } } },
        },
      },
    });
    const twice = { name: 'twice', description: 'x' };
    expect((await local.bot('PUT', commands, [twice, twice])).body['code']).toBe(50035);
  });

  it('keep their ids when they are registered again, and replace what is no longer named', async () => {
    const first = await local.bot('PUT', commands, [
      { name: 'a', description: 'x' },
      { name: 'b', description: 'x' },
    ]);
    const second = await local.bot('PUT', commands, [{ name: 'a', description: 'changed' }]);
    expect(second.list[0]!['id']).toBe(first.list[0]!['id']);
    expect((await local.bot('GET', commands)).list.map((command) => command['name'])).toEqual(['a']);
  });

  it('are limited: 100 in a server, and 200 new ones a day', async () => {
    const many = await local.server('Many');
    const path = `/applications/${local.application.id}/guilds/${many.id}/commands`;
    const named = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({ name: `${prefix}${index}`, description: 'x' }));
    expect(await local.bot('PUT', path, named('a', 101))).toMatchObject({ status: 400, body: { code: 30032 } });
    expect((await local.bot('PUT', path, named('a', 100))).status).toBe(200);
    expect((await local.bot('PUT', path, named('b', 99))).status).toBe(200);
    expect((await local.bot('POST', path, named('c', 1)[0])).status).toBe(201);
    expect((await local.bot('PUT', path, named('b', 99))).status).toBe(200);
    expect(await local.bot('POST', path, named('d', 1)[0])).toMatchObject({ status: 400, body: { code: 30034 } });
  });

  it('carry subcommands, options and the people they name', async () => {
    await local.bot('PUT', commands, [
      {
        name: 'course',
        description: 'x',
        options: [
          {
            type: 1,
            name: 'check',
            description: 'x',
            options: [
              { type: USER, name: 'student', description: 'x', required: true },
              { type: 4, name: 'days', description: 'x' },
            ],
          },
        ],
      },
    ]);
    onCommand(async (interaction) => {
      const student = interaction.options.getUser('student', true).username;
      const days = interaction.options.getInteger('days');
      await interaction.reply(`${interaction.options.getSubcommand()} ${student} ${days} ${interaction.locale}`);
    });
    const { body } = await run('course check', { options: { student: guild.ownerId, days: 3 }, locale: 'id' });
    expect(body['responses']).toEqual([{ type: 4, content: 'check owner 3 id', embeds: [], ephemeral: false }]);
    expect((await run('course check')).body['message']).toContain('needs the option "student"');
    expect((await run('nothing')).body['message']).toContain('There is no command /nothing');
  });

  it('complete what a person types', async () => {
    await local.bot('PUT', commands, [
      {
        name: 'pick',
        description: 'x',
        options: [{ type: STRING, name: 'course', description: 'x', autocomplete: true }],
      },
    ]);
    client.once(Events.InteractionCreate, (interaction: Interaction) => {
      const completing = interaction as AutocompleteInteraction;
      const typed = completing.options.getFocused();
      void completing.respond([{ name: `${typed}gebra`, value: 'algebra' }]);
    });
    const { body } = await local.call('POST', '/sandbox/interactions/autocomplete', {
      guildId: guild.id,
      userId: guild.ownerId,
      command: 'pick',
      focused: 'course',
      options: { course: 'Al' },
    });
    expect(body['choices']).toEqual([{ name: 'Algebra', value: 'algebra' }]);
  });

  it('are hidden from members without the permissions they ask for', async () => {
    await local.bot('PUT', commands, [{ name: 'admin', description: 'x', default_member_permissions: '32' }]);
    const student = await local.person('student');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${student}`, {});
    const refused = await run('admin', { userId: student });
    expect([refused.status, refused.body['message']]).toEqual([400, expect.stringContaining('hides /admin')]);
  });

  it('fail after three seconds without an answer, and can be answered once', async () => {
    await local.bot('PUT', commands, [{ name: 'slow', description: 'x' }]);
    let token = '';
    let id = '';
    onCommand((interaction) => {
      ({ token, id } = interaction);
      return Promise.resolve();
    });
    expect((await run('slow')).body['responses']).toEqual([]);
    const callback = () =>
      local.call('POST', `/api/v10/interactions/${id}/${token}/callback`, { type: 4, data: { content: 'late' } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await callback()).toMatchObject({ status: 404, body: { code: 10062 } });
    onCommand(async (interaction) => {
      ({ token, id } = interaction);
      await interaction.reply({ content: 'now', withResponse: true });
    });
    expect((await run('slow')).body['responses']).toHaveLength(1);
    expect(await callback()).toMatchObject({ status: 400, body: { code: 40060 } });
    const webhook = `/api/v10/webhooks/${local.application.id}/${token}/messages/@original`;
    expect((await local.call('GET', webhook)).body['content']).toBe('now');
    expect((await local.call('DELETE', webhook)).status).toBe(204);
    expect((await local.call('GET', webhook)).body['code']).toBe(10008);
  });
});
