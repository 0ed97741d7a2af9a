import { type Local, startLocal } from './local';
import { RawClient } from './raw-client';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe('an interaction of the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;
  let client: RawClient;
  const now = Date.now.bind(Date);

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server();
    await local.bot('PUT', `/applications/${local.application.id}/commands`, [{ name: 'slow', description: 'x' }]);
    client = await RawClient.connect(local);
    client.identify(local);
    await client.event('READY');
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await local.control('PUT', '/sandbox/limits', { enforce: false });
  });
  afterAll(() => local.close());

  /** Somebody runs the command; `after` makes the clock say so many milliseconds after that. */
  async function run() {
    client.received.length = 0;
    const body = { guildId: guild.id, userId: guild.ownerId, command: 'slow' };
    void local.control('POST', '/sandbox/interactions', body).catch(() => undefined);
    const { d } = await client.event('INTERACTION_CREATE');
    const at = now();
    const webhook = `/api/v10/webhooks/${local.application.id}/${String(d['token'])}`;
    return {
      after: (milliseconds: number) => jest.spyOn(Date, 'now').mockImplementation(() => at + milliseconds),
      answer: () =>
        local.call('POST', `/api/v10/interactions/${String(d['id'])}/${String(d['token'])}/callback`, {
          type: 4,
          data: { content: 'here' },
        }),
      followUp: () => local.call('POST', webhook, { content: 'more' }),
      edit: () => local.call('PATCH', `${webhook}/messages/@original`, { content: 'else' }),
      read: () => local.call('GET', `${webhook}/messages/@original`),
      drop: () => local.call('DELETE', `${webhook}/messages/@original`),
    };
  }
  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const UNKNOWN_INTERACTION = { status: 404, body: { code: 10062, message: 'Unknown interaction' } };
  const INVALID_TOKEN = { status: 401, body: { code: 50027, message: 'Invalid Webhook Token' } };

  it('can be answered for three seconds', async () => {
    const early = await run();
    early.after(2.9 * SECOND);
    expect((await early.answer()).status).toBe(204);
    jest.restoreAllMocks();
    const late = await run();
    late.after(3.1 * SECOND);
    expect(await late.answer()).toMatchObject(UNKNOWN_INTERACTION);
    expect((await late.followUp()).body['code']).toBe(10015);
  });

  it('can be added to for fifteen minutes', async () => {
    const interaction = await run();
    expect((await interaction.answer()).status).toBe(204);
    interaction.after(15 * MINUTE - SECOND);
    expect((await interaction.followUp()).status).toBe(200);
    expect((await interaction.edit()).body['content']).toBe('else');
    interaction.after(15 * MINUTE + SECOND);
    expect(await interaction.followUp()).toMatchObject(INVALID_TOKEN);
    expect(await interaction.edit()).toMatchObject(INVALID_TOKEN);
    expect(await interaction.read()).toMatchObject(INVALID_TOKEN);
    expect(await interaction.drop()).toMatchObject(INVALID_TOKEN);
    // What was said stays, as in Discord; only the token is dead.
    const { list } = await local.bot('GET', `/channels/${guild.channelId}/messages`);
    expect(list.map((message) => message['content'])).toEqual(expect.arrayContaining(['else', 'more']));
  });

  it('lives as long as the limits say', async () => {
    expect(await local.control('GET', '/sandbox/limits')).toMatchObject({
      interactionAnswerMs: 3 * SECOND,
      interactionTokenMs: 15 * MINUTE,
    });
    const lifetimes = { interactionAnswerMs: 60, interactionTokenMs: 1_500 };
    await local.control('PUT', '/sandbox/limits', { enforce: false, ...lifetimes });
    const late = await run();
    await pause(120);
    expect(await late.answer()).toMatchObject(UNKNOWN_INTERACTION);
    await local.control('PUT', '/sandbox/limits', { enforce: false, interactionTokenMs: 1_500 });
    const interaction = await run();
    expect((await interaction.answer()).status).toBe(204);
    expect((await interaction.followUp()).status).toBe(200);
    await pause(1_550);
    expect(await interaction.followUp()).toMatchObject(INVALID_TOKEN);
    expect(await interaction.edit()).toMatchObject(INVALID_TOKEN);
  });
});
