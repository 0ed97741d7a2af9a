import { z, type ZodType } from 'zod';
import { loadDiscordSchemas } from './discord-schemas';
import { type ApiAnswer, type Local, startLocal } from './local';
import { type Payload, RawClient } from './raw-client';

const CALLBACK = 'http://localhost:3000/auth/discord/callback';
const id = z.string().regex(/^\d{17,19}$/);

/** Shapes that Discord's OpenAPI file leaves out, from its documentation, https://docs.discord.com/developers. */
const token = {
  // topics/oauth2: "Access Token Response"
  person: z.strictObject({
    access_token: z.string().regex(/^\w{30}$/),
    token_type: z.literal('Bearer'),
    expires_in: z.literal(604_800),
    refresh_token: z.string().regex(/^\w{30}$/),
    scope: z.string(),
  }),
};
// topics/oauth2: "Client Credentials Access Token Response", which has no refresh token
const clientToken = token.person.omit({ refresh_token: true });
// RFC 6749, 5.2
const oauthError = z.strictObject({
  error: z.enum(['invalid_request', 'invalid_client', 'invalid_grant', 'unsupported_grant_type', 'invalid_scope']),
  error_description: z.string().optional(),
});
// interactions/receiving-and-responding: "Interaction Object", as a bot gets it in a server
const interaction = z.object({
  id,
  application_id: id,
  type: z.int().min(1).max(5),
  data: z.record(z.string(), z.unknown()),
  guild: z.object({ id, locale: z.string(), features: z.array(z.string()) }),
  guild_id: id,
  channel: z.object({ id, type: z.int(), permissions: z.string().regex(/^\d+$/) }),
  channel_id: id,
  member: z.object({ user: z.object({ id, username: z.string() }), permissions: z.string().regex(/^\d+$/) }),
  token: z.string().min(30),
  version: z.literal(1),
  app_permissions: z.string().regex(/^\d+$/),
  locale: z.string(),
  guild_locale: z.string(),
  entitlements: z.array(z.unknown()),
  authorizing_integration_owners: z.record(z.string(), z.string()),
  context: z.int().min(0).max(2),
  attachment_size_limit: z.int(),
});

describe('what Discord’s OpenAPI file leaves out', () => {
  const schemas = loadDiscordSchemas();
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;
  let ayu: string;

  beforeAll(async () => {
    local = await startLocal({ redirectUris: [CALLBACK] });
    guild = await local.server('Algebra', '8');
    ayu = await local.person('ayu');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${ayu}`, {});
  });
  afterAll(() => local.close());

  const problems = (schema: ZodType, value: unknown) => schema.safeParse(value).error?.issues ?? [];
  const expectShape = (answer: ApiAnswer, status: number, schema: ZodType) => {
    expect([answer.status, problems(schema, answer.body)]).toEqual([status, []]);
    expect(answer.headers.get('content-type')).toBe('application/json');
  };

  describe('OAuth2', () => {
    const post = (path: string, fields: Record<string, string>, secret = local.application.clientSecret) =>
      local.call(
        'POST',
        path,
        new URLSearchParams({ client_id: local.application.id, client_secret: secret, ...fields }).toString(),
        { 'content-type': 'application/x-www-form-urlencoded' },
      );
    const tokenOf = (fields: Record<string, string>, secret?: string) => post('/api/v10/oauth2/token', fields, secret);
    const authorize = async (scope: string, more: Record<string, string> = {}) => {
      const query = {
        response_type: 'code',
        client_id: local.application.id,
        redirect_uri: CALLBACK,
        scope,
        state: 's',
      };
      const { redirectTo } = await local.control<{ redirectTo: string }>('POST', '/sandbox/oauth/approve', {
        userId: 'guildId' in more ? guild.ownerId : ayu,
        authorizeUrl: `${local.url}/oauth2/authorize?${new URLSearchParams(query).toString()}`,
        ...more,
      });
      return new URL(redirectTo);
    };
    const code = async (scope = 'identify', more: Record<string, string> = {}) => ({
      grant_type: 'authorization_code',
      code: (await authorize(scope, more)).searchParams.get('code') ?? '',
      redirect_uri: CALLBACK,
    });

    it('the consent page returns with code and state and nothing else', async () => {
      const back = await authorize('identify');
      expect(back.origin + back.pathname).toBe(CALLBACK);
      expect(Object.fromEntries(back.searchParams)).toEqual({
        code: expect.stringMatching(/^[\w-]{20,}$/) as string,
        state: 's',
      });
    });

    it('a code, a refresh token and the client’s credentials give tokens', async () => {
      const first = await tokenOf(await code());
      expectShape(first, 200, token.person);
      const refresh_token = String(first.body['refresh_token']);
      expectShape(await tokenOf({ grant_type: 'refresh_token', refresh_token }), 200, token.person);
      expectShape(await tokenOf({ grant_type: 'client_credentials', scope: 'identify' }), 200, clientToken);
    });

    it('a code for the bot’s installation comes with the server', async () => {
      const answer = await tokenOf(await code('identify bot', { guildId: guild.id }));
      expectShape(answer, 200, token.person.extend({ guild: schemas['GuildResponseSchema']! }));
    });

    it('a token is revoked with an empty object, and an unknown one too', async () => {
      const access = String((await tokenOf(await code())).body['access_token']);
      for (const value of [access, 'unknown']) {
        expectShape(await post('/api/oauth2/token/revoke', { token: value }), 200, z.strictObject({}));
      }
    });

    it.each<[string, number, string, () => Promise<ApiAnswer>]>([
      ['an unknown code', 400, 'invalid_grant', async () => tokenOf({ ...(await code()), code: 'x' })],
      [
        'another redirect URI',
        400,
        'invalid_grant',
        async () => tokenOf({ ...(await code()), redirect_uri: 'http://x' }),
      ],
      [
        'an unknown refresh token',
        400,
        'invalid_grant',
        () => tokenOf({ grant_type: 'refresh_token', refresh_token: 'x' }),
      ],
      ['a wrong secret', 401, 'invalid_client', async () => tokenOf(await code(), 'wrong')],
      ['an unknown grant type', 400, 'unsupported_grant_type', () => tokenOf({ grant_type: 'password' })],
      ['no grant type', 400, 'unsupported_grant_type', () => tokenOf({})],
      [
        'an unknown scope',
        400,
        'invalid_scope',
        () => tokenOf({ grant_type: 'client_credentials', scope: 'everything' }),
      ],
      ['revoking nothing', 400, 'invalid_request', () => post('/api/oauth2/token/revoke', {})],
      [
        'revoking with a wrong secret',
        401,
        'invalid_client',
        () => post('/api/oauth2/token/revoke', { token: 'x' }, 'x'),
      ],
    ])('%s is answered with %i %s', async (_, status, error, call) => {
      const answer = await call();
      expectShape(answer, status, oauthError);
      expect(answer.body['error']).toBe(error);
    });
  });

  it('the deprecated nickname call answers with the nickname', async () => {
    const change = (nick: string) => local.bot('PATCH', `/guilds/${guild.id}/members/@me/nick`, { nick });
    expectShape(await change('Helper'), 200, z.strictObject({ nick: z.literal('Helper') }));
    expectShape(await change('x'.repeat(33)), 400, z.object({ code: z.literal(50035) }));
  });

  describe('interactions', () => {
    let bot: RawClient;
    const next = async (start: () => Promise<unknown>): Promise<Payload['d']> => {
      const before = bot.received.length;
      void start().catch(() => undefined);
      const { d } = await bot.until(
        (payload) => payload.t === 'INTERACTION_CREATE' && bot.received.indexOf(payload) >= before,
      );
      return d;
    };
    const person = { guildId: '', userId: '' };
    const callback = (d: Payload['d'], body: unknown, query = '?with_response=true') =>
      local.call('POST', `/api/v10/interactions/${String(d['id'])}/${String(d['token'])}/callback${query}`, body);
    const command = () => next(() => local.call('POST', '/sandbox/interactions', { ...person, command: 'course' }));
    const typing = () =>
      next(() =>
        local.call('POST', '/sandbox/interactions/autocomplete', {
          ...person,
          command: 'course',
          options: { name: 'a' },
          focused: 'name',
        }),
      );
    const click = async () => {
      const button = { type: 2, style: 1, label: 'x', custom_id: 'x' };
      const components = [{ type: 1, components: [button] }];
      const { body } = await local.bot('POST', `/channels/${guild.channelId}/messages`, { content: 'x', components });
      return next(() =>
        local.call('POST', '/sandbox/interactions/component', { userId: ayu, messageId: body['id'], customId: 'x' }),
      );
    };
    const modal = {
      custom_id: 'm',
      title: 'M',
      components: [{ type: 1, components: [{ type: 4, custom_id: 't', style: 1, label: 'T' }] }],
    };

    beforeAll(async () => {
      Object.assign(person, { guildId: guild.id, userId: ayu });
      await local.bot('POST', `/applications/${local.application.id}/commands`, {
        name: 'course',
        description: 'x',
        options: [{ type: 3, name: 'name', description: 'x', autocomplete: true }],
      });
      bot = await RawClient.connect(local);
      bot.identify(local);
      await bot.event('READY');
    });
    afterAll(() => bot.socket.terminate());

    it.each<[string, string, () => Promise<Payload['d']>, unknown]>([
      ['a message', 'CreateMessageInteractionCallbackRequest', command, { type: 4, data: { content: 'x', flags: 64 } }],
      ['a deferral', 'CreateMessageInteractionCallbackRequest', command, { type: 5, data: { flags: 64 } }],
      ['a modal', 'ModalInteractionCallbackRequest', command, { type: 9, data: modal }],
      [
        'choices',
        'ApplicationCommandAutocompleteCallbackRequest',
        typing,
        { type: 8, data: { choices: [{ name: 'Algebra', value: 'a' }] } },
      ],
      ['a deferred change', 'UpdateMessageInteractionCallbackRequest', click, { type: 6 }],
      ['a change', 'UpdateMessageInteractionCallbackRequest', click, { type: 7, data: { content: 'y' } }],
    ])('is told of and answered with %s', async (_, request, start, body) => {
      expect(problems(schemas[`${request}Schema`]!, body)).toEqual([]);
      const told = await start();
      expect(problems(interaction, told)).toEqual([]);
      expectShape(await callback(told, body), 200, schemas['InteractionCallbackResponseSchema']!);
      const quiet = await callback(await start(), body, '');
      expect([quiet.status, quiet.text]).toEqual([204, '']);
    });
  });
});
