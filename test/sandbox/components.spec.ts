import { type Local, startLocal } from './local';
import { loadDiscordSchemas } from './discord-schemas';
import { type Payload, RawClient } from './raw-client';

const BUTTON = { type: 2, style: 4, label: 'Confirm', custom_id: 'confirm' };
const MENU = {
  type: 3,
  custom_id: 'course',
  options: [
    { label: 'Algebra', value: 'a' },
    { label: 'Logic', value: 'l' },
  ],
};
const row = (...components: unknown[]) => ({ type: 1, components });

interface Outcome {
  responses: { type: number; content: string; ephemeral: boolean; messageId?: string }[];
  modal?: { custom_id: string };
}

describe('components and modals on the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;
  let bot: RawClient;
  let ayu: string;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
    ayu = await local.person('ayu');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${ayu}`, {});
  });
  beforeEach(async () => {
    bot = await RawClient.connect(local);
    bot.identify(local);
    await bot.event('READY');
  });
  afterEach(() => bot.socket.terminate());
  afterAll(() => local.close());

  const send = (components: unknown[], content = 'Sure?') =>
    local.bot('POST', `/channels/${guild.channelId}/messages`, { content, components });
  const click = (messageId: unknown, more: Record<string, unknown> = {}) =>
    local.control<Outcome>('POST', '/sandbox/interactions/component', {
      userId: ayu,
      messageId,
      customId: 'confirm',
      ...more,
    });
  const submit = (values: Record<string, unknown>) =>
    local.control<Outcome>('POST', '/sandbox/interactions/modal', { userId: ayu, values });
  const interaction = (type: number) =>
    bot.until(({ t, d }: Payload) => t === 'INTERACTION_CREATE' && d['type'] === type);
  const reply = ({ d }: Payload, type: number, data?: unknown) =>
    local.call('POST', `/api/v10/interactions/${String(d['id'])}/${String(d['token'])}/callback?with_response=true`, {
      type,
      data,
    });
  const original = ({ d }: Payload) =>
    `/api/v10/webhooks/${local.application.id}/${String(d['token'])}/messages/@original`;

  it('tell the bot of a click, whose answer changes the message', async () => {
    const message = await send([row(BUTTON)]);
    expect(message.body['components']).toEqual([{ ...row({ ...BUTTON, id: 2 }), id: 1 }]);
    const schema = loadDiscordSchemas()['MessageResponseSchema']!;
    expect(schema.safeParse(message.body).error?.issues ?? []).toEqual([]);
    const done = click(message.body['id']);
    const clicked = await interaction(3);
    expect(clicked.d).toMatchObject({
      data: { custom_id: 'confirm', component_type: 2, id: 2 },
      message: { id: message.body['id'], content: 'Sure?' },
      member: { user: { id: ayu } },
      guild_id: guild.id,
    });
    const answer = await reply(clicked, 7, { content: 'Done', components: [] });
    expect(answer.body).toMatchObject({ resource: { type: 7, message: { content: 'Done', components: [] } } });
    expect((await done).responses).toEqual([{ type: 7, content: 'Done', embeds: [], ephemeral: false }]);
    const { body } = await local.bot('GET', `/channels/${guild.channelId}/messages/${String(message.body['id'])}`);
    expect(body).toMatchObject({ content: 'Done', components: [], edited_timestamp: expect.any(String) as string });
  });

  it('wait for the edit that follows a deferred update', async () => {
    const message = await send([row(BUTTON)]);
    const done = click(message.body['id']);
    const clicked = await interaction(3);
    await reply(clicked, 6);
    await local.call('PATCH', original(clicked), { content: 'Later' });
    expect((await done).responses[0]).toMatchObject({ type: 6, content: 'Later', messageId: message.body['id'] });
  });

  it('carry what was picked from a menu, and refuse what it does not offer', async () => {
    const message = await send([row(MENU)]);
    await expect(click(message.body['id'], { customId: 'course', values: ['x'] })).rejects.toThrow('does not offer');
    await expect(click(message.body['id'], { customId: 'course', values: [] })).rejects.toThrow('From 1 to 1');
    const done = click(message.body['id'], { customId: 'course', values: ['l'] });
    const picked = await interaction(3);
    expect(picked.d['data']).toMatchObject({ component_type: 3, values: ['l'] });
    await reply(picked, 4, { content: 'Logic', flags: 64 });
    expect((await done).responses).toEqual([{ type: 4, content: 'Logic', embeds: [], ephemeral: true }]);
  });

  it('resolve the people of a user menu', async () => {
    const message = await send([row({ type: 5, custom_id: 'who' })]);
    const done = click(message.body['id'], { customId: 'who', values: [guild.ownerId] });
    const picked = await interaction(3);
    expect(picked.d['data']).toMatchObject({ resolved: { users: { [guild.ownerId]: { username: 'owner' } } } });
    await reply(picked, 7, { content: 'ok' });
    await done;
  });

  it('open a modal, whose submission answers too', async () => {
    const message = await send([row(BUTTON)]);
    const opening = click(message.body['id']);
    const clicked = await interaction(3);
    const field = { type: 4, custom_id: 'why', style: 1, label: 'Why?', min_length: 3 };
    await reply(clicked, 9, { custom_id: 'reason', title: 'Reason', components: [row(field)] });
    expect((await opening).modal).toMatchObject({ custom_id: 'reason' });
    await expect(submit({ why: '' })).rejects.toThrow('has to be filled in');
    await expect(submit({ why: 'no' })).rejects.toThrow('from 3 to');
    await expect(submit({ other: 'x', why: 'because' })).rejects.toThrow('The modal has no field');
    const done = submit({ why: 'because' });
    const sent = await interaction(5);
    expect(sent.d).toMatchObject({
      data: {
        custom_id: 'reason',
        components: [{ type: 1, components: [{ type: 4, custom_id: 'why', value: 'because' }] }],
      },
      message: { id: message.body['id'] },
    });
    await reply(sent, 7, { content: 'Noted', components: [] });
    expect((await done).responses[0]).toMatchObject({ type: 7, content: 'Noted' });
    await expect(submit({ why: 'again' })).rejects.toThrow('no modal open');
  });

  it('show an ephemeral reply to its reader alone, who alone can click in it', async () => {
    await local.bot('POST', `/applications/${local.application.id}/commands`, { name: 'purge', description: 'x' });
    const ran = local.control<Outcome>('POST', '/sandbox/interactions', {
      guildId: guild.id,
      userId: ayu,
      command: 'purge',
    });
    const command = await interaction(2);
    await reply(command, 4, { content: 'Secret?', flags: 64, components: [row(BUTTON)] });
    const { messageId } = (await ran).responses[0]!;
    const seenBy = async (reader: string) => {
      const { body } = await local.call('GET', `/sandbox/view/channels/${guild.channelId}?as=${reader}`);
      return (body['messages'] as { content: string }[]).map((message) => message.content);
    };
    expect(await seenBy(ayu)).toContain('Secret?');
    expect(await seenBy(guild.ownerId)).not.toContain('Secret?');
    await expect(click(messageId, { userId: guild.ownerId })).rejects.toThrow('sees no message');
    const done = click(messageId);
    const clicked = await interaction(3);
    await reply(clicked, 7, { content: 'Secretly done', components: [] });
    await done;
    expect(await seenBy(ayu)).toContain('Secretly done');
    expect((await local.call('DELETE', original(command))).status).toBe(204);
    expect(await seenBy(ayu)).not.toContain('Secretly done');
  });

  it('work in direct messages, with a user instead of a member', async () => {
    const dm = await local.bot('POST', '/users/@me/channels', { recipient_id: ayu });
    const path = `/channels/${String(dm.body['id'])}/messages`;
    const message = await local.bot('POST', path, { content: 'Hi', components: [row(BUTTON)] });
    const done = click(message.body['id']);
    const clicked = await interaction(3);
    expect(clicked.d).toMatchObject({ user: { id: ayu }, context: 1 });
    expect(clicked.d).not.toHaveProperty('guild_id');
    await reply(clicked, 7, { content: 'ok' });
    await done;
  });

  it('can be answered as their kind allows, and once', async () => {
    const message = await send([row(BUTTON)]);
    const done = click(message.body['id']);
    const clicked = await interaction(3);
    expect(await reply(clicked, 8, { choices: [] })).toMatchObject({ status: 400, body: { code: 50035 } });
    expect((await reply(clicked, 7, { content: 'x' })).status).toBe(200);
    expect((await reply(clicked, 7, { content: 'y' })).body['code']).toBe(40060);
    await done;
    expect(
      (
        await local.call('POST', '/sandbox/interactions/component', {
          userId: ayu,
          messageId: message.body['id'],
          customId: 'other',
        })
      ).body['message'],
    ).toContain('no component "other"');
  });

  it.each([
    ['a row without components', [row()], ['0', 'components']],
    ['a button outside a row', [BUTTON], ['0', 'type']],
    ['a button without custom_id', [row({ type: 2, style: 1, label: 'x' })], ['0', 'components', '0', 'custom_id']],
    ['a link without url', [row({ type: 2, style: 5, label: 'x' })], ['0', 'components', '0', 'url']],
    ['a custom_id that comes twice', [row(BUTTON), row(BUTTON)], ['_errors']],
    ['more than five rows', Array.from({ length: 6 }, (_, n) => row({ ...BUTTON, custom_id: `${n}` })), ['_errors']],
  ])('are refused: %s', async (_, components, place) => {
    const answer = await send(components);
    expect([answer.status, answer.body['code']]).toEqual([400, 50035]);
    expect(answer.body).toHaveProperty(['errors', 'components', ...place]);
  });
});
