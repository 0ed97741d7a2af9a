import { type ApiAnswer, listErrors, type Local, startLocal } from './local';
import { type Payload, RawClient } from './raw-client';

const VIEW = 1n << 10n;
const SEND = 1n << 11n;
const TTS = 1n << 12n;
const MANAGE_MESSAGES = 1n << 13n;
const EMBED = 1n << 14n;
const ATTACH = 1n << 15n;
const HISTORY = 1n << 16n;
const MENTION_EVERYONE = 1n << 17n;
const CONNECT = 1n << 20n;
const ALL = VIEW | SEND | TTS | MANAGE_MESSAGES | EMBED | ATTACH | HISTORY | MENTION_EVERYONE;
const COMPONENTS_V2 = 1 << 15;
const MIB = 1024 * 1024;

describe('messages on the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server('Algebra', String(ALL));
  });
  afterAll(() => local.close());

  /** A channel in which the bot has exactly these permissions. */
  const channelWith = async (permissions: bigint, type = 0) => {
    const everyone = { id: guild.id, type: 0, allow: '0', deny: String(ALL | CONNECT) };
    const bot = { id: local.application.botUserId, type: 1, allow: String(permissions), deny: '0' };
    const made = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/channels`, {
      name: 'c',
      type,
      permissionOverwrites: [everyone, { ...bot, deny: String((ALL | CONNECT) & ~permissions) }],
    });
    return made.id;
  };
  const write = (channelId: string, authorId = guild.ownerId, content = 'x') =>
    local
      .control<{ id: string }>('POST', `/sandbox/channels/${channelId}/messages`, { authorId, content })
      .then(({ id }) => id);
  const send = (body: unknown, channelId = guild.channelId) =>
    local.bot('POST', `/channels/${channelId}/messages`, body);
  const edit = (id: unknown, body: unknown, channelId = guild.channelId) =>
    local.bot('PATCH', `/channels/${channelId}/messages/${String(id)}`, body);
  const code = async (answer: Promise<ApiAnswer>) => {
    const { status, body } = await answer;
    return status < 300 ? status : [status, body['code']];
  };
  /** Where the errors are and their codes: `embeds.0.title CODE`. */
  const errorsOf = async (answer: Promise<ApiAnswer>) => {
    const { status, body } = await answer;
    if (status < 300) return [];
    expect([status, body['code']]).toEqual([400, 50035]);
    return listErrors(body['errors']);
  };
  /** A form with files of these sizes. */
  const upload = (payload: Record<string, unknown>, ...sizes: number[]) => {
    const form = new FormData();
    form.set('payload_json', JSON.stringify(payload));
    for (const [at, size] of sizes.entries()) form.set(`files[${at}]`, new Blob([new Uint8Array(size)]), `${at}.bin`);
    return form;
  };

  describe('embeds', () => {
    const x = (length: number) => 'x'.repeat(length);
    const fields = (length: number) => Array.from({ length }, () => ({ name: 'n', value: 'v' }));

    it.each<[string, Record<string, unknown>[], string[]]>([
      ['say something', [{ title: 't' }, { color: 1 }], ['embeds.1.description BASE_TYPE_REQUIRED']],
      [
        'have fields with names and values',
        [{ fields: [{ name: '', value: 'v' }, { name: 'n', value: ' ' }, { name: 'n' }] }],
        [
          'embeds.0.fields.0.name BASE_TYPE_REQUIRED',
          'embeds.0.fields.1.value BASE_TYPE_REQUIRED',
          'embeds.0.fields.2.value BASE_TYPE_REQUIRED',
        ],
      ],
      ['have short titles', [{ title: x(257) }], ['embeds.0.title BASE_TYPE_MAX_LENGTH']],
      ['have short descriptions', [{ description: x(4097) }], ['embeds.0.description BASE_TYPE_MAX_LENGTH']],
      ['have short authors', [{ author: { name: x(257) } }], ['embeds.0.author.name BASE_TYPE_MAX_LENGTH']],
      ['have short footers', [{ footer: { text: x(2049) } }], ['embeds.0.footer.text BASE_TYPE_MAX_LENGTH']],
      [
        'have short fields',
        [{ fields: [{ name: x(257), value: x(1025) }] }],
        ['embeds.0.fields.0.name BASE_TYPE_MAX_LENGTH', 'embeds.0.fields.0.value BASE_TYPE_MAX_LENGTH'],
      ],
      ['have few fields', [{ fields: fields(26) }], ['embeds.0.fields BASE_TYPE_MAX_LENGTH']],
      ['are ten', Array.from({ length: 11 }, () => ({ title: 't' })), ['embeds BASE_TYPE_MAX_LENGTH']],
      [
        'count every text of all of them',
        [
          { title: x(256), author: { name: x(256) }, description: x(1000) },
          { footer: { text: x(2048) }, fields: [{ name: x(256), value: x(1024) }] },
          { description: x(6001 - 256 - 256 - 1000 - 2048 - 256 - 1024) },
        ],
        ['embeds MAX_EMBED_SIZE_EXCEEDED'],
      ],
      [
        'point to addresses',
        [
          {
            title: 't',
            url: 'javascript:x',
            image: { url: 'no' },
            author: { name: 'a', icon_url: 'attachment://a.png' },
          },
        ],
        ['embeds.0.url URL_TYPE_INVALID_SCHEME', 'embeds.0.image.url URL_TYPE_INVALID_URL'],
      ],
      ['have times that exist', [{ title: 't', timestamp: 'now' }], ['embeds.0.timestamp DATE_TYPE_PARSE']],
    ])('%s', async (_, embeds, expected) => {
      expect(await errorsOf(send({ embeds }))).toEqual(expected);
    });

    it('may use every limit', async () => {
      const full = { title: x(256), description: x(4096), author: { name: x(256) }, fields: fields(25) };
      expect(await errorsOf(send({ embeds: [full, ...Array.from({ length: 9 }, () => ({ title: 't' }))] }))).toEqual(
        [],
      );
      expect(await errorsOf(send({ content: x(2001) }))).toEqual(['content BASE_TYPE_MAX_LENGTH']);
    });

    it('need EMBED_LINKS: without it they are dropped, and nothing else is nothing', async () => {
      const channel = await channelWith(ALL & ~EMBED);
      expect(await code(send({ embeds: [{ title: 't' }] }, channel))).toEqual([403, 50013]);
      const kept = await send({ content: 'text', embeds: [{ title: 't' }] }, channel);
      expect(kept.body).toMatchObject({ content: 'text', embeds: [] });
      expect((await edit(kept.body['id'], { embeds: [{ title: 't' }] }, channel)).body['embeds']).toEqual([]);
    });
  });

  it('cannot be emptied by an edit, nor lose what an edit does not name', async () => {
    const sent = await send(upload({ content: 'text', embeds: [{ title: 't' }] }, 3));
    const { id } = sent.body;
    const [file] = sent.body['attachments'] as { id: string }[];
    expect((await edit(id, { content: '' })).body).toMatchObject({ content: '', embeds: [{ title: 't' }] });
    expect((await edit(id, { embeds: [] })).body).toMatchObject({ embeds: [], attachments: [{ id: file!.id }] });
    expect(await code(edit(id, { attachments: [] }))).toEqual([400, 50006]);
    const more = await edit(id, upload({}, 3));
    expect(more.body['attachments']).toHaveLength(2);
    expect((await edit(id, { attachments: [{ id: file!.id }] })).body['attachments']).toMatchObject([{ id: file!.id }]);
    expect((await edit(id, { content: 'back', attachments: [] })).body).toMatchObject({ attachments: [] });
    expect(await code(edit(id, { content: null }))).toEqual([400, 50006]);
    expect((await local.bot('GET', `/channels/${guild.channelId}/messages/${String(id)}`)).body['content']).toBe(
      'back',
    );
  });

  it('carry files of 10 MiB, ten of them, for who may attach files', async () => {
    expect(await code(send(upload({ content: 'x' }, 1), await channelWith(ALL & ~ATTACH)))).toEqual([403, 50013]);
    expect(await code(send(upload({ content: 'x' }, 10 * MIB)))).toBe(200);
    expect(await code(send(upload({ content: 'x' }, 10 * MIB + 1)))).toEqual([413, 40005]);
    expect(await code(send(upload({ content: 'x' }, 13 * MIB, 13 * MIB)))).toEqual([413, 40005]);
    expect(await code(send(upload({}, ...Array.from({ length: 11 }, () => 1))))).toEqual([400, 50035]);
  });

  it('mention everybody, and roles that mind it, only for who may', async () => {
    const make = async (mentionable: boolean) => {
      const path = `/sandbox/guilds/${guild.id}/roles`;
      return (await local.control<{ id: string }>('POST', path, { name: 'r', mentionable })).id;
    };
    const [open, shut] = [await make(true), await make(false)];
    const content = `@everyone <@&${open}> <@&${shut}> <@&${guild.ownerId}> <@${guild.ownerId}>`;
    const mentions = async (channel: string, more = {}) => {
      const { body } = await send({ content, ...more }, channel);
      return [body['mention_everyone'], body['mention_roles']];
    };
    const quiet = await channelWith(ALL & ~MENTION_EVERYONE);
    expect(await mentions(guild.channelId)).toEqual([true, [open, shut]]);
    expect(await mentions(quiet)).toEqual([false, [open]]);
    expect(await mentions(quiet, { allowed_mentions: { parse: ['everyone'], roles: [open, shut] } })).toEqual([
      false,
      [open],
    ]);
    const { body } = await send({ content: 'x' }, quiet);
    expect((await edit(body['id'], { content }, quiet)).body).toMatchObject({
      mention_everyone: false,
      mention_roles: [open],
    });
    const none = { content, allowed_mentions: { parse: [] } };
    expect((await edit(body['id'], none, quiet)).body).toMatchObject({ mention_roles: [], mentions: [] });
  });

  it('need the permissions that Discord documents', async () => {
    const blind = await channelWith(ALL & ~HISTORY);
    const asked = await write(blind);
    expect((await local.bot('GET', `/channels/${blind}/messages`)).list).toEqual([]);
    expect((await local.bot('GET', `/channels/${blind}/messages`)).status).toBe(200);
    expect(await code(local.bot('GET', `/channels/${blind}/messages/${asked}`))).toEqual([403, 50001]);
    expect(await code(send({ content: 'x', message_reference: { message_id: asked } }, blind))).toEqual([400, 160002]);
    const own = await send({ content: 'x' }, blind);
    expect(await code(edit(own.body['id'], { content: 'y' }, blind))).toBe(200);
    expect(await code(local.bot('DELETE', `/channels/${blind}/messages/${String(own.body['id'])}`))).toBe(204);
    expect(await code(send({ content: 'x', tts: true }, await channelWith(ALL & ~TTS)))).toEqual([403, 50013]);
    expect(await code(send({ content: 'x' }, await channelWith(ALL & ~SEND)))).toEqual([403, 50013]);
    expect(await code(send({ content: 'x' }, await channelWith(ALL & ~VIEW)))).toEqual([403, 50001]);
    const category = await channelWith(ALL, 4);
    expect(await code(send({ content: 'x' }, category))).toEqual([400, 50008]);
    const voice = await channelWith(ALL, 2);
    expect(await code(local.bot('GET', `/channels/${voice}/messages`))).toEqual([403, 50001]);
    expect(await code(local.bot('GET', `/channels/${await channelWith(ALL | CONNECT, 2)}/messages`))).toBe(200);
  });

  it('of others are not the bot’s to edit, and its to delete only with MANAGE_MESSAGES', async () => {
    const theirs = await write(guild.channelId);
    expect(await code(edit(theirs, { content: 'x' }))).toEqual([403, 50005]);
    expect(await code(local.bot('DELETE', `/channels/${guild.channelId}/messages/${theirs}`))).toBe(204);
    const plain = await channelWith(ALL & ~MANAGE_MESSAGES);
    const kept = await write(plain);
    expect(await code(local.bot('DELETE', `/channels/${plain}/messages/${kept}`))).toEqual([403, 50013]);
    const dm = await local.bot('POST', '/users/@me/channels', { recipient_id: guild.ownerId });
    const said = await write(String(dm.body['id']));
    expect(await code(local.bot('DELETE', `/channels/${String(dm.body['id'])}/messages/${said}`))).toEqual([
      403, 50003,
    ]);
  });

  it('of others are empty for an application without the privileged intent', async () => {
    const flags = async (value: number) =>
      expect((await local.bot('PATCH', '/applications/@me', { flags: value })).status).toBe(200);
    const bot = local.application.botUserId;
    const channel = await channelWith(ALL);
    const theirs = await write(channel);
    const mention = await write(channel, guild.ownerId, `<@${bot}> x`);
    const own = await send({ content: 'mine', message_reference: { message_id: theirs } }, channel);
    const read = async () =>
      (await local.bot('GET', `/channels/${channel}/messages`)).list.map((message) => [
        message['id'],
        message['content'],
      ]);
    const open = [
      [own.body['id'], 'mine'],
      [mention, `<@${bot}> x`],
      [theirs, 'x'],
    ];
    expect(await read()).toEqual(open);
    const [members, content] = [1 << 15, 1 << 19];
    await flags(members);
    expect(await read()).toEqual([...open.slice(0, 2), [theirs, '']]);
    expect((await local.bot('GET', `/channels/${channel}/messages/${theirs}`)).body).toMatchObject({
      content: '',
      embeds: [],
      attachments: [],
      components: [],
    });
    const { body } = await local.bot('GET', `/channels/${channel}/messages/${String(own.body['id'])}`);
    expect(body['referenced_message']).toMatchObject({ id: theirs, content: '' });
    const dm = await local.bot('POST', '/users/@me/channels', { recipient_id: guild.ownerId });
    const said = await write(String(dm.body['id']));
    const direct = await local.bot('GET', `/channels/${String(dm.body['id'])}/messages/${said}`);
    expect(direct.body['content']).toBe('x');
    await flags(members | content);
    expect(await read()).toEqual(open);
  });

  it('that the gateway tells of show no replied-to content either without the intent', async () => {
    const client = await RawClient.connect(local);
    client.identify(local, { intents: 1 | 512 });
    await client.event('GUILD_CREATE');
    const theirs = await write(guild.channelId);
    await send({ content: 'mine', message_reference: { message_id: theirs } });
    const { d } = await client.until(({ t, d }: Payload) => t === 'MESSAGE_CREATE' && d['content'] === 'mine');
    expect(d['referenced_message']).toMatchObject({ id: theirs, content: '' });
    client.socket.terminate();
  });

  describe('of components', () => {
    const text = (content = 'x') => ({ type: 10, content });
    const button = (custom_id: string) => ({ type: 2, style: 1, label: 'b', custom_id });
    const sendLayout = (components: unknown[], more: Record<string, unknown> = {}) =>
      send({ flags: COMPONENTS_V2, components, ...more });
    const media = { url: 'https://example.org/a.png' };

    it('carry nothing else, and keep being it', async () => {
      const code = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2';
      expect(await errorsOf(sendLayout([text()], { content: 'x' }))).toEqual([`content ${code}`]);
      expect(await errorsOf(sendLayout([text()], { embeds: [{ title: 't' }] }))).toEqual([`embeds ${code}`]);
      expect((await sendLayout([])).body['code']).toBe(50006);
      expect(await errorsOf(send({ components: [text()] }))).toEqual(['components.0.type UNION_TYPE_CHOICES']);
      const sent = await sendLayout([text('hello <@' + guild.ownerId + '>')]);
      expect(sent.body).toMatchObject({ content: '', flags: COMPONENTS_V2, mentions: [{ id: guild.ownerId }] });
      expect((await edit(sent.body['id'], { flags: 0, components: [text('new')] })).body).toMatchObject({
        flags: COMPONENTS_V2,
        components: [{ content: 'new' }],
      });
      expect(await errorsOf(edit(sent.body['id'], { content: 'x' }))).toEqual([`content ${code}`]);
      const old = await send({ content: 'old' });
      const upgraded = { flags: COMPONENTS_V2, components: [text()] };
      expect(await errorsOf(edit(old.body['id'], upgraded))).toEqual([`content ${code}`]);
      expect((await edit(old.body['id'], { ...upgraded, content: null })).body['flags']).toBe(COMPONENTS_V2);
    });

    it('are built as Discord builds them', async () => {
      const built = await sendLayout([
        text(),
        { type: 1, components: [button('a'), button('b')] },
        { type: 9, components: [text()], accessory: button('c') },
        { type: 9, components: [text(), text(), text()], accessory: { type: 11, media } },
        { type: 12, items: [{ media, description: 'd' }] },
        { type: 14, spacing: 2, divider: false },
        { type: 17, accent_color: 1, components: [text(), { type: 14 }, { type: 1, components: [button('d')] }] },
      ]);
      expect(built.status).toBe(200);
    });

    it.each<[string, unknown[], string[]]>([
      ['empty text', [text('')], ['components.0.content BASE_TYPE_MIN_LENGTH']],
      ['long text', [text('x'.repeat(4001))], ['components.0.content BASE_TYPE_MAX_LENGTH']],
      [
        'much text',
        [text('x'.repeat(2001)), text('x'.repeat(2000))],
        ['components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED'],
      ],
      [
        'many parts',
        [{ type: 17, components: Array.from({ length: 40 }, () => text()) }],
        ['components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED'],
      ],
      ['a button without a row', [button('a')], ['components.0.type UNION_TYPE_CHOICES']],
      [
        'a container in a container',
        [{ type: 17, components: [{ type: 17, components: [text()] }] }],
        ['components.0.components.0.type UNION_TYPE_CHOICES'],
      ],
      ['an empty container', [{ type: 17, components: [] }], ['components.0.components BASE_TYPE_MIN_LENGTH']],
      [
        'a section without an accessory',
        [{ type: 9, components: [text()] }],
        ['components.0.accessory BASE_TYPE_REQUIRED'],
      ],
      [
        'a section with four texts',
        [{ type: 9, components: [text(), text(), text(), text()], accessory: button('a') }],
        ['components.0.components BASE_TYPE_MAX_LENGTH'],
      ],
      ['an empty gallery', [{ type: 12, items: [] }], ['components.0.items BASE_TYPE_MIN_LENGTH']],
      ['a file from elsewhere', [{ type: 13, file: media }], ['components.0.file.url URL_TYPE_INVALID_SCHEME']],
      ['a wide separator', [{ type: 14, spacing: 3 }], ['components.0.spacing NUMBER_TYPE_MAX']],
      [
        'two of one id',
        [
          { ...text(), id: 7 },
          { ...text(), id: 7 },
        ],
        ['components COMPONENT_ID_DUPLICATED'],
      ],
    ])('may not be %s', async (_, components, expected) => {
      expect(await errorsOf(sendLayout(components))).toEqual(expected);
    });

    it('hold rows of five buttons or one menu', async () => {
      const row = (...components: unknown[]) => send({ content: 'x', components: [{ type: 1, components }] });
      const menu = (custom_id: string) => ({ type: 5, custom_id });
      const width = ['components.0 COMPONENT_LAYOUT_WIDTH_EXCEEDED'];
      expect(await errorsOf(row(...['a', 'b', 'c', 'd', 'e'].map(button)))).toEqual([]);
      expect(await errorsOf(row(menu('a'), menu('b')))).toEqual(width);
      expect(await errorsOf(row(menu('a'), button('b')))).toEqual(width);
      expect(await errorsOf(row({ ...button('a'), url: 'https://example.org' }))).toEqual([
        'components.0.components.0 BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
      ]);
      expect(await errorsOf(row({ ...menu('a'), min_values: 2, max_values: 1 }))).toEqual([
        'components.0.components.0.min_values NUMBER_TYPE_MAX',
      ]);
      const same = { label: 'l', value: 'v' };
      expect(await errorsOf(row({ type: 3, custom_id: 'a', options: [same, same] }))).toEqual([
        'components.0.components.0.options.1 SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
      ]);
    });
  });
});
