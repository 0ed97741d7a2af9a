import { type Paths } from 'discord-api-spec';
import { type Caller, fill, type Ids, type OperationWorld, type Place } from './operation-world';

/** Every operation of Discord's OpenAPI file, as `PUT /guilds/{guild_id}/bans/{user_id}`. */
type CallName = { [P in keyof Paths]: `${Uppercase<keyof Paths[P] & string>} ${P}` }[keyof Paths];
type Spec<C extends CallName> = C extends `${infer M} ${infer P extends keyof Paths}`
  ? Lowercase<M> extends keyof Paths[P]
    ? Paths[P][Lowercase<M>]
    : never
  : never;
type Part<S, K extends string> = S extends Partial<Record<K, infer T>> ? NonNullable<T> : never;
type Query<C extends CallName> = Part<Part<Spec<C>, 'parameters'>, 'query'>;
type Body<C extends CallName> = Part<Spec<C>, 'requestBody'>;
type Status<C extends CallName> = keyof Part<Spec<C>, 'responses'> extends infer K
  ? K extends `${infer N extends number}`
    ? N
    : never
  : never;

/** A world in which the operation has to fail, and how. */
export interface Refusal {
  because: string;
  status: number;
  /** Undefined for 429, whose body has none. */
  code: number | undefined;
  at?: Place;
  as?: Caller;
  ids?: Ids;
  prepare?: (world: OperationWorld) => Promise<Prepared<unknown>>;
  query?: Record<string, unknown>;
  body?: unknown;
}

interface Prepared<B> {
  ids?: Ids;
  body?: B;
  /** Makes the world as it was. */
  undo?: () => Promise<unknown>;
}

/**
 * How an operation is called so that it succeeds. The compiler holds query and body to the types that the package has
 * for the operation; the file defines no header of a request. `request` and `response` name the Zod schema that holds
 * at run time (`[]` behind it = a list of it): the package has schemas of named types only, so a body that Discord's
 * file describes in place is `in place`, held by its type alone.
 */
interface Row<C extends CallName> {
  as?: Caller;
  query?: Query<C>;
  body?: Body<C> | FormData;
  request?: string;
  prepare?: (world: OperationWorld) => Promise<Prepared<Body<C> | FormData>>;
  answer: [status: Status<C>, schema?: string];
  refused: [Refusal, ...Refusal[]];
}

/** A row of the table, for the test that runs it. */
export interface Operation {
  name: string;
  method: string;
  path: string;
  as: Caller;
  query: Record<string, unknown>;
  body: unknown;
  request: string | undefined;
  prepare: ((world: OperationWorld) => Promise<Prepared<unknown>>) | undefined;
  answer: readonly [status: number, schema?: string];
  refused: readonly Refusal[];
}

function operation<C extends CallName>(name: C, row: Row<C>): Operation {
  const [method = '', path = ''] = name.split(' ');
  const { as = 'bot', query = {}, body, request, prepare, answer, refused } = row;
  return { name, method, path, as, query: { ...query }, body, request, prepare, answer, refused };
}

function refused(
  because: string,
  status: number,
  code: number | undefined,
  more: Omit<Refusal, 'because' | 'status' | 'code'>,
) {
  return { because, status, code, ...more };
}
const missingPermission = (permission: string): Refusal =>
  refused(`the bot lacks ${permission}`, 403, 50013, { at: 'weak' });
const higher = (who: string): Refusal => refused(`${who} stands above the bot`, 403, 50013, { at: 'above' });
const missingScope = (scope: string): Refusal =>
  refused(`the token lacks the scope ${scope}`, 403, 50026, { as: 'unscoped' });
const badBody = (because: string, body: unknown): Refusal => refused(because, 400, 50035, { body });
const badQuery = (because: string, query: Record<string, unknown>): Refusal => refused(because, 400, 50035, { query });
const botIsGone = refused('the bot has left the server', 403, 50001, { at: 'absent' });
const notTheBot = refused('a person calls what is for bots', 401, 0, { as: 'bearer' });
const notAPerson = refused('a bot calls what is for people', 403, 20001, { as: 'bot' });
const expired = refused('the token has expired', 401, 0, { as: 'expired' });
const foreignApplication = refused('the application is another’s', 404, 10002, {
  ids: { application_id: '111111111111111111' },
});

/** The only way to fail for what takes no parameter and asks for no token. */
const rateLimited = (path: string): Refusal =>
  refused('it was called too often', 429, undefined, {
    prepare: async ({ local }) => {
      const buckets = { [`GET ${path}`]: { limit: 1, windowMs: 60_000 } };
      await local.control('PUT', '/sandbox/limits', { enforce: true, buckets });
      await local.call('GET', `/api/v10${path}`);
      return { undo: () => local.control('PUT', '/sandbox/limits', { enforce: false }) };
    },
  });

const freshCommand = (path: string) => async (world: OperationWorld) => {
  const { local, places } = world;
  const name = `c${Math.random().toString(36).slice(2)}`;
  const made = await local.bot('POST', fill(path, places.full), { name, description: 'x' });
  return { ids: { command_id: String(made.body['id']) } };
};
const freshInvite = async ({ local, places }: OperationWorld) => {
  const made = await local.bot('POST', `/channels/${places.full['channel_id']}/invites`, { unique: true });
  return { ids: { code: String(made.body['code']) } };
};
const freshMember = async ({ local, places, newcomer }: OperationWorld) => {
  const { id } = await newcomer();
  await local.control('PUT', `/sandbox/guilds/${places.full['guild_id']}/members/${id}`, {});
  return { ids: { user_id: id } };
};
const freshRole = async ({ local, places }: OperationWorld) => {
  const made = await local.bot('POST', `/guilds/${places.full['guild_id']}/roles`, { name: 'fresh' });
  return { ids: { role_id: String(made.body['id']) } };
};
const freshMessage = async ({ local, places }: OperationWorld) => {
  const made = await local.bot('POST', `/channels/${places.full['channel_id']}/messages`, { content: 'fresh' });
  return { ids: { message_id: String(made.body['id']) } };
};
const asked = async (world: OperationWorld) => {
  const { id, token } = await world.interaction(false);
  return { ids: { interaction_id: id, interaction_token: token } };
};
const answered = async (world: OperationWorld) => {
  const { token } = await world.interaction(true);
  return { ids: { webhook_id: world.local.application.id, webhook_token: token } };
};
const followedUp = async (world: OperationWorld) => {
  const { ids } = await answered(world);
  const path = fill('/webhooks/{webhook_id}/{webhook_token}', ids);
  const made = await world.local.call('POST', `/api/v10${path}`, { content: 'follow-up' });
  return { ids: { ...ids, message_id: String(made.body['id']) } };
};
/** The webhook of an interaction that nobody has answered does not exist yet. */
const unanswered: Refusal = refused('the interaction has no answer yet', 404, 10015, {
  prepare: async (world) => {
    const { token } = await world.interaction(false);
    return { ids: { webhook_id: world.local.application.id, webhook_token: token } };
  },
});
const emptied: Refusal = refused('nothing would be left of the message', 400, 50006, {
  prepare: answered,
  body: { content: '' },
});
const deletedReply: Refusal = refused('the reply was deleted', 404, 10008, {
  prepare: async (world) => {
    const { ids } = await followedUp(world);
    for (const message of ['@original', ids.message_id]) {
      await world.local.call('DELETE', `/api/v10/webhooks/${ids.webhook_id}/${ids.webhook_token}/messages/${message}`);
    }
    return { ids };
  },
});

const MESSAGE = { content: 'x' };
const NO_MESSAGE = badBody('a message is longer than 2000', { content: 'x'.repeat(2001) });
const usersFile = (text: string) => {
  const form = new FormData();
  form.set('target_users_file', new Blob([text]), 'users.csv');
  return form;
};
/** What a person wrote, so that the bot cannot edit it. */
const theirMessage = ({ places }: OperationWorld) =>
  Promise.resolve({ ids: { message_id: places.full['their_message_id'] ?? '' } });

const noSuchCommand = refused('the command is another place’s', 404, 10063, {
  prepare: async (world) => {
    const { ids } = await freshCommand('/applications/{application_id}/commands')(world);
    await world.local.bot('DELETE', `/applications/${world.local.application.id}/commands/${ids.command_id}`);
    return { ids };
  },
});
const badCommand = badBody('a name has capitals', { name: 'Status', description: 'x' });
const badPatch = (path: string): Refusal => ({
  ...badBody('a description is too long', { description: 'x'.repeat(101) }),
  prepare: freshCommand(path),
});
const COMMAND = { name: 'status', description: 'How am I doing' };
const COMMANDS = '/applications/{application_id}/commands';
const GUILD_COMMANDS = '/applications/{application_id}/guilds/{guild_id}/commands';
const RECORD = { type: 2, key: 'courses', name: 'Courses', description: 'How many' };

/** Every operation of Discord's OpenAPI file that a bot or an OAuth2 application calls here. */
export const OPERATIONS: readonly Operation[] = [
  operation('GET /gateway', {
    as: 'nobody',
    answer: [200, 'GatewayResponse'],
    refused: [rateLimited('/gateway')],
  }),
  operation('GET /gateway/bot', { answer: [200, 'GatewayBotResponse'], refused: [notTheBot] }),
  operation('GET /applications/@me', { answer: [200, 'PrivateApplicationResponse'], refused: [notTheBot] }),
  operation('PATCH /applications/@me', {
    body: { tags: ['a'] },
    request: 'ApplicationFormPartial',
    answer: [200, 'PrivateApplicationResponse'],
    refused: [badBody('there are too many tags', { tags: ['a', 'b', 'c', 'd', 'e', 'f'] }), notTheBot],
  }),
  operation('GET /applications/{application_id}', {
    answer: [200, 'PrivateApplicationResponse'],
    refused: [foreignApplication],
  }),
  operation('PATCH /applications/{application_id}', {
    body: { tags: [] },
    request: 'ApplicationFormPartial',
    answer: [200, 'PrivateApplicationResponse'],
    refused: [badBody('a URL is none', { custom_install_url: 'nowhere' }), { ...foreignApplication, body: {} }],
  }),

  operation(`POST ${COMMANDS}`, {
    body: COMMAND,
    request: 'ApplicationCommandCreateRequest',
    answer: [201, 'ApplicationCommandResponse'],
    refused: [badCommand, foreignApplication],
  }),
  operation(`GET ${COMMANDS}`, {
    query: { with_localizations: true },
    answer: [200, 'ApplicationCommandResponse[]'],
    refused: [foreignApplication],
  }),
  operation(`PUT ${COMMANDS}`, {
    body: [COMMAND, { name: 'wait', description: 'x' }],
    request: 'ApplicationCommandUpdateRequest[]',
    answer: [200, 'ApplicationCommandResponse[]'],
    refused: [badBody('a name comes twice', [COMMAND, COMMAND])],
  }),
  operation(`GET ${COMMANDS}/{command_id}`, {
    prepare: freshCommand(COMMANDS),
    answer: [200, 'ApplicationCommandResponse'],
    refused: [noSuchCommand],
  }),
  operation(`PATCH ${COMMANDS}/{command_id}`, {
    prepare: freshCommand(COMMANDS),
    body: { description: 'changed' },
    request: 'ApplicationCommandPatchRequestPartial',
    answer: [200, 'ApplicationCommandResponse'],
    refused: [badPatch(COMMANDS)],
  }),
  operation(`DELETE ${COMMANDS}/{command_id}`, {
    prepare: freshCommand(COMMANDS),
    answer: [204],
    refused: [noSuchCommand],
  }),
  operation(`POST ${GUILD_COMMANDS}`, {
    body: COMMAND,
    request: 'ApplicationCommandCreateRequest',
    answer: [201, 'ApplicationCommandResponse'],
    refused: [badCommand, botIsGone],
  }),
  operation(`GET ${GUILD_COMMANDS}`, {
    query: { with_localizations: false },
    answer: [200, 'ApplicationCommandResponse[]'],
    refused: [botIsGone],
  }),
  operation(`PUT ${GUILD_COMMANDS}`, {
    body: [COMMAND],
    request: 'ApplicationCommandUpdateRequest[]',
    answer: [200, 'ApplicationCommandResponse[]'],
    refused: [badBody('a name comes twice', [COMMAND, COMMAND]), botIsGone],
  }),
  operation(`GET ${GUILD_COMMANDS}/{command_id}`, {
    prepare: freshCommand(GUILD_COMMANDS),
    answer: [200, 'ApplicationCommandResponse'],
    refused: [
      refused('the command is a global one', 404, 10063, { prepare: freshCommand(COMMANDS) }),
      { ...botIsGone, prepare: freshCommand(GUILD_COMMANDS) },
    ],
  }),
  operation(`PATCH ${GUILD_COMMANDS}/{command_id}`, {
    prepare: freshCommand(GUILD_COMMANDS),
    body: { description: 'changed' },
    request: 'ApplicationCommandPatchRequestPartial',
    answer: [200, 'ApplicationCommandResponse'],
    refused: [badPatch(GUILD_COMMANDS), { ...botIsGone, prepare: freshCommand(GUILD_COMMANDS) }],
  }),
  operation(`DELETE ${GUILD_COMMANDS}/{command_id}`, {
    prepare: freshCommand(GUILD_COMMANDS),
    answer: [204],
    refused: [refused('the command is a global one', 404, 10063, { prepare: freshCommand(COMMANDS) })],
  }),

  operation('POST /interactions/{interaction_id}/{interaction_token}/callback', {
    as: 'nobody',
    prepare: asked,
    query: { with_response: true },
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the package's enums are types only
    body: { type: 4, data: { content: 'x' } },
    request: 'CreateMessageInteractionCallbackRequest',
    answer: [200, 'InteractionCallbackResponse'],
    refused: [
      { ...badBody('a command is answered with choices', { type: 8, data: { choices: [] } }), prepare: asked },
      refused('it has been answered', 400, 40060, {
        prepare: async (world) => {
          const { id, token } = await world.interaction(true);
          return { ids: { interaction_id: id, interaction_token: token } };
        },
      }),
      refused('the token is another’s', 404, 10062, {
        prepare: async (world) => {
          const { ids } = await asked(world);
          return { ids: { ...ids, interaction_token: (await asked(world)).ids.interaction_token } };
        },
      }),
    ],
  }),
  operation('POST /webhooks/{webhook_id}/{webhook_token}', {
    as: 'nobody',
    prepare: answered,
    query: { wait: true, with_components: false },
    body: MESSAGE,
    request: 'IncomingWebhookRequestPartial',
    answer: [200, 'MessageResponse'],
    refused: [{ ...NO_MESSAGE, prepare: answered }, emptied, unanswered],
  }),
  operation('GET /webhooks/{webhook_id}/{webhook_token}/messages/@original', {
    as: 'nobody',
    prepare: answered,
    answer: [200, 'MessageResponse'],
    refused: [deletedReply, unanswered],
  }),
  operation('PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original', {
    as: 'nobody',
    prepare: answered,
    body: MESSAGE,
    request: 'IncomingWebhookUpdateRequestPartial',
    answer: [200, 'MessageResponse'],
    refused: [{ ...NO_MESSAGE, prepare: answered }, deletedReply, unanswered],
  }),
  operation('DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original', {
    as: 'nobody',
    prepare: answered,
    answer: [204],
    refused: [deletedReply, unanswered],
  }),
  operation('GET /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}', {
    as: 'nobody',
    prepare: followedUp,
    answer: [200, 'MessageResponse'],
    refused: [deletedReply],
  }),
  operation('PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}', {
    as: 'nobody',
    prepare: followedUp,
    body: MESSAGE,
    request: 'IncomingWebhookUpdateRequestPartial',
    answer: [200, 'MessageResponse'],
    refused: [{ ...NO_MESSAGE, prepare: followedUp }, deletedReply],
  }),
  operation('DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}', {
    as: 'nobody',
    prepare: followedUp,
    answer: [204],
    refused: [deletedReply],
  }),

  operation('GET /oauth2/@me', { as: 'bearer', answer: [200, 'OAuth2GetAuthorizationResponse'], refused: [expired] }),
  operation('GET /oauth2/applications/@me', { answer: [200, 'PrivateApplicationResponse'], refused: [notTheBot] }),
  operation('GET /oauth2/keys', {
    as: 'nobody',
    answer: [200, 'OAuth2GetKeys'],
    refused: [rateLimited('/oauth2/keys')],
  }),
  operation('GET /oauth2/userinfo', {
    as: 'bearer',
    answer: [200, 'OAuth2GetOpenIDConnectUserInfoResponse'],
    refused: [missingScope('openid'), expired],
  }),
  operation('GET /users/@me', {
    as: 'bearer',
    answer: [200, 'UserPIIResponse'],
    refused: [missingScope('identify'), expired],
  }),
  operation('PATCH /users/@me', {
    body: { username: 'helper' },
    request: 'BotAccountPatchRequest',
    answer: [200, 'UserPIIResponse'],
    refused: [badBody('a username is too short', { username: 'x' }), notTheBot],
  }),
  operation('GET /users/@me/guilds', {
    as: 'bearer',
    query: { with_counts: true, limit: 5 },
    answer: [200, 'MyGuildResponse[]'],
    refused: [missingScope('guilds'), badQuery('the limit is above 200', { limit: 201 })],
  }),
  operation('DELETE /users/@me/guilds/{guild_id}', {
    prepare: async ({ local }) => ({ ids: { guild_id: (await local.server('Bye')).id } }),
    answer: [204],
    refused: [{ ...botIsGone, status: 404, code: 10004 }, notTheBot],
  }),
  operation('GET /users/@me/guilds/{guild_id}/member', {
    as: 'bearer',
    answer: [200, 'PrivateGuildMemberResponse'],
    refused: [
      missingScope('guilds.members.read'),
      notAPerson,
      refused('the person is no member', 404, 10004, { at: 'weak' }),
    ],
  }),
  operation('GET /users/{user_id}', {
    answer: [200, 'UserResponse'],
    refused: [refused('the id is none', 400, 50035, { ids: { user_id: 'ayu' } }), notTheBot],
  }),
  operation('POST /users/@me/channels', {
    request: 'CreatePrivateChannelRequest',
    prepare: ({ places }) => Promise.resolve({ body: { recipient_id: places.full['user_id'] ?? '' } }),
    answer: [200, 'PrivateChannelResponse'],
    refused: [
      refused('the bot is its own recipient', 400, 50033, {
        prepare: ({ local }) => Promise.resolve({ body: { recipient_id: local.application.botUserId } }),
      }),
      badBody('nobody is named', {}),
    ],
  }),

  operation('GET /guilds/{guild_id}', {
    query: { with_counts: true },
    answer: [200, 'GuildWithCountsResponse'],
    refused: [{ ...botIsGone, status: 404, code: 10004 }],
  }),
  operation('GET /guilds/{guild_id}/channels', { answer: [200, 'GuildChannelResponse[]'], refused: [botIsGone] }),
  operation('GET /guilds/{guild_id}/roles', { answer: [200, 'GuildRoleResponse[]'], refused: [botIsGone] }),
  operation('POST /guilds/{guild_id}/roles', {
    body: { name: 'x', color: 1, permissions: 0 },
    request: 'CreateRoleRequest',
    answer: [200, 'GuildRoleResponse'],
    refused: [missingPermission('MANAGE_ROLES'), badBody('a colour is none', { color: 0x1000000 })],
  }),
  operation('PATCH /guilds/{guild_id}/roles', {
    request: 'UpdateRolePositionsRequest[]',
    prepare: async (world) => ({ body: [{ id: (await freshRole(world)).ids.role_id, position: 1 }] }),
    answer: [200, 'GuildRoleResponse[]'],
    refused: [
      missingPermission('MANAGE_ROLES'),
      refused('a role would rise above the bot', 403, 50013, {
        prepare: async (world) => ({ body: [{ id: (await freshRole(world)).ids.role_id, position: 200 }] }),
      }),
      refused('@everyone would leave the bottom', 400, 50028, {
        prepare: ({ places }) => Promise.resolve({ body: [{ id: places.full['guild_id'], position: 1 }] }),
      }),
      badBody('a position is none', [{ id: '111111111111111111', position: 'top' }]),
    ],
  }),
  operation('GET /guilds/{guild_id}/roles/{role_id}', {
    answer: [200, 'GuildRoleResponse'],
    refused: [
      botIsGone,
      refused('the role is of another server', 404, 10011, { ids: { role_id: '111111111111111111' } }),
    ],
  }),
  operation('PATCH /guilds/{guild_id}/roles/{role_id}', {
    body: { name: 'y' },
    request: 'UpdateRoleRequestPartial',
    answer: [200, 'GuildRoleResponse'],
    refused: [
      missingPermission('MANAGE_ROLES'),
      higher('the role'),
      badBody('a name is too long', { name: 'x'.repeat(101) }),
    ],
  }),
  operation('DELETE /guilds/{guild_id}/roles/{role_id}', {
    prepare: freshRole,
    answer: [204],
    refused: [
      missingPermission('MANAGE_ROLES'),
      higher('the role'),
      refused('@everyone stays', 400, 50028, {
        prepare: ({ places }) => Promise.resolve({ ids: { role_id: places.full['guild_id'] ?? '' } }),
      }),
    ],
  }),

  operation('GET /guilds/{guild_id}/members', {
    query: { limit: 5, after: '0' },
    answer: [200, 'GuildMemberResponse[]'],
    refused: [
      badQuery('the limit is above 1000', { limit: 1001 }),
      refused('the application lacks the members intent', 403, 50001, {
        prepare: async ({ local }) => {
          const { body } = await local.bot('PATCH', '/applications/@me', {});
          await local.bot('PATCH', '/applications/@me', { flags: 0 });
          return { undo: () => local.bot('PATCH', '/applications/@me', { flags: body['flags'] }) };
        },
      }),
    ],
  }),
  operation('PATCH /guilds/{guild_id}/members/@me', {
    // In place.
    body: { nick: 'H' },
    answer: [200, 'PrivateGuildMemberResponse'],
    refused: [badBody('a nickname is too long', { nick: 'x'.repeat(33) }), botIsGone],
  }),
  operation('GET /guilds/{guild_id}/members/search', {
    query: { query: 'ay', limit: 2 },
    answer: [200, 'GuildMemberResponse[]'],
    refused: [badQuery('nothing is sought', {}), botIsGone],
  }),
  operation('GET /guilds/{guild_id}/members/{user_id}', {
    answer: [200, 'GuildMemberResponse'],
    refused: [
      botIsGone,
      refused('the person is no member', 404, 10007, {
        prepare: async ({ newcomer }) => ({ ids: { user_id: (await newcomer()).id } }),
      }),
    ],
  }),
  operation('PUT /guilds/{guild_id}/members/{user_id}', {
    request: 'BotAddGuildMemberRequest',
    prepare: async ({ newcomer }) => {
      const { id, accessToken } = await newcomer();
      return { ids: { user_id: id }, body: { access_token: accessToken, nick: 'n', roles: [], flags: 0 } };
    },
    answer: [201, 'GuildMemberResponse'],
    refused: [
      { ...missingPermission('CREATE_INSTANT_INVITE'), body: { access_token: 'x' } },
      badBody('there is no token', {}),
      refused('the token is another’s', 403, 50025, {
        prepare: async ({ newcomer }) => ({ body: { access_token: (await newcomer()).accessToken } }),
      }),
      refused('the token lacks the scope guilds.join', 403, 50026, {
        prepare: async ({ newcomer }) => {
          const { id, accessToken } = await newcomer(['identify']);
          return { ids: { user_id: id }, body: { access_token: accessToken } };
        },
      }),
      refused('a role stands above the bot', 403, 50013, {
        prepare: async ({ newcomer, places }) => {
          const { id, accessToken } = await newcomer();
          return { ids: { user_id: id }, body: { access_token: accessToken, roles: [places.above['role_id']] } };
        },
      }),
      refused('the person is banned', 403, 40007, {
        prepare: async ({ local, newcomer, places }) => {
          const { id, accessToken } = await newcomer();
          await local.bot('PUT', `/guilds/${places.full['guild_id']}/bans/${id}`);
          return { ids: { user_id: id }, body: { access_token: accessToken } };
        },
      }),
    ],
  }),
  operation('PATCH /guilds/{guild_id}/members/{user_id}', {
    // In place.
    body: { nick: 'Ay', flags: 0 },
    answer: [200, 'GuildMemberResponse'],
    refused: [
      missingPermission('MANAGE_NICKNAMES'),
      higher('the member'),
      refused('the member to be muted is not in voice', 400, 40032, { body: { mute: true } }),
      badBody('a role comes twice', { roles: ['111111111111111111', '111111111111111111'] }),
    ],
  }),
  operation('DELETE /guilds/{guild_id}/members/{user_id}', {
    prepare: freshMember,
    answer: [204],
    refused: [missingPermission('KICK_MEMBERS'), higher('the member')],
  }),
  operation('PUT /guilds/{guild_id}/members/{user_id}/roles/{role_id}', {
    prepare: freshRole,
    answer: [204],
    refused: [missingPermission('MANAGE_ROLES'), higher('the role')],
  }),
  operation('DELETE /guilds/{guild_id}/members/{user_id}/roles/{role_id}', {
    prepare: freshRole,
    answer: [204],
    refused: [missingPermission('MANAGE_ROLES'), higher('the role')],
  }),

  operation('PUT /guilds/{guild_id}/bans/{user_id}', {
    prepare: freshMember,
    body: { delete_message_seconds: 0 },
    request: 'BanUserFromGuildRequest',
    answer: [204],
    refused: [
      missingPermission('BAN_MEMBERS'),
      higher('the member'),
      badBody('it reaches back more than seven days', { delete_message_seconds: 604_801 }),
    ],
  }),
  operation('GET /guilds/{guild_id}/bans', {
    query: { limit: 10, after: '0' },
    answer: [200, 'GuildBanResponse[]'],
    refused: [missingPermission('BAN_MEMBERS'), badQuery('the limit is above 1000', { limit: 1001 })],
  }),
  operation('GET /guilds/{guild_id}/bans/{user_id}', {
    prepare: ({ places }) => Promise.resolve({ ids: { user_id: places.full['banned_id'] ?? '' } }),
    answer: [200, 'GuildBanResponse'],
    refused: [missingPermission('BAN_MEMBERS'), refused('the person is not banned', 404, 10026, {})],
  }),
  operation('POST /guilds/{guild_id}/bulk-ban', {
    request: 'BulkBanUsersRequest',
    prepare: async (world) => ({ body: { user_ids: [(await freshMember(world)).ids.user_id] } }),
    answer: [200, 'BulkBanUsersResponse'],
    refused: [
      { ...missingPermission('BAN_MEMBERS'), body: { user_ids: ['111111111111111111'] } },
      badBody('nobody is named', {}),
      refused('everybody stands above the bot', 400, 500000, {
        prepare: ({ places }) => Promise.resolve({ body: { user_ids: [places.above['user_id']] } }),
      }),
    ],
  }),
  operation('DELETE /guilds/{guild_id}/bans/{user_id}', {
    body: {},
    request: 'UnbanUserFromGuildRequest',
    prepare: async (world) => {
      const { ids } = await freshMember(world);
      await world.local.control('PUT', `/sandbox/guilds/${world.places.full['guild_id']}/bans/${ids.user_id}`);
      return { ids };
    },
    answer: [204],
    refused: [missingPermission('BAN_MEMBERS'), refused('the person is not banned', 404, 10026, {})],
  }),
  operation('GET /guilds/{guild_id}/prune', {
    query: { days: 7 },
    answer: [200, 'GuildPruneResponse'],
    refused: [missingPermission('KICK_MEMBERS'), badQuery('the days are above 30', { days: 31 })],
  }),
  operation('POST /guilds/{guild_id}/prune', {
    prepare: async ({ local }) => ({ ids: { guild_id: (await local.server('Pruned', '8')).id } }),
    body: { days: 7 },
    request: 'PruneGuildRequest',
    answer: [200, 'GuildPruneResponse'],
    refused: [missingPermission('KICK_MEMBERS'), badBody('the days are below 1', { days: 0 })],
  }),

  operation('GET /guilds/{guild_id}/invites', {
    answer: [200, 'GuildInviteResponse[]'],
    refused: [missingPermission('MANAGE_GUILD')],
  }),
  operation('GET /channels/{channel_id}/invites', {
    answer: [200, 'GuildInviteResponse[]'],
    refused: [missingPermission('MANAGE_CHANNELS'), botIsGone],
  }),
  operation('POST /channels/{channel_id}/invites', {
    body: { max_age: 60, role_ids: [] },
    request: 'CreateGuildInviteRequest',
    answer: [200, 'GuildInviteResponse'],
    refused: [
      missingPermission('CREATE_INSTANT_INVITE'),
      refused('a role stands above the bot', 403, 50013, {
        prepare: ({ places }) => Promise.resolve({ body: { role_ids: [places.above['role_id']] } }),
      }),
      badBody('it is used more than 100 times', { max_uses: 101 }),
    ],
  }),
  operation('GET /invites/{code}', {
    as: 'nobody',
    query: { with_counts: true },
    answer: [200, 'GuildInviteResponse'],
    refused: [
      refused('the invite was deleted', 404, 10006, {
        prepare: async (world) => {
          const { ids } = await freshInvite(world);
          await world.local.bot('DELETE', `/invites/${ids.code}`);
          return { ids };
        },
      }),
    ],
  }),
  operation('DELETE /invites/{code}', {
    prepare: freshInvite,
    answer: [200, 'GuildInviteResponse'],
    refused: [botIsGone],
  }),
  operation('GET /invites/{code}/target-users', { answer: [200, 'text/csv'], refused: [botIsGone] }),
  operation('PUT /invites/{code}/target-users', {
    // In place: a form with the file, which no schema describes.
    prepare: async (world) => ({
      ...(await freshInvite(world)),
      body: usersFile(`user_id\n${world.places.full['user_id']}\n`),
    }),
    answer: [204],
    refused: [
      { ...botIsGone, body: usersFile('user_id\n111111111111111111\n') },
      badBody('there is no file', new FormData()),
    ],
  }),
  operation('GET /invites/{code}/target-users/job-status', {
    answer: [200, 'TargetUsersJobStatusResponse'],
    refused: [botIsGone],
  }),

  operation('GET /channels/{channel_id}', {
    answer: [200, 'GuildChannelResponse'],
    refused: [botIsGone],
  }),
  operation('GET /channels/{channel_id}/messages', {
    query: { limit: 3, before: '9'.repeat(19) },
    answer: [200, 'MessageResponse[]'],
    refused: [botIsGone, badQuery('the limit is above 100', { limit: 101 })],
  }),
  operation('POST /channels/{channel_id}/messages', {
    body: { content: 'x', nonce: 'n', enforce_nonce: true, embeds: [{ title: 't' }], allowed_mentions: { parse: [] } },
    request: 'MessageCreateRequest',
    answer: [200, 'MessageResponse'],
    refused: [
      NO_MESSAGE,
      refused('it says nothing', 400, 50006, { body: {} }),
      refused('the person takes no direct messages', 403, 50007, {
        prepare: async ({ local, places }) => {
          const recipient_id = await local.person('closed', { dmsClosed: true });
          await local.control('PUT', `/sandbox/guilds/${places.full['guild_id']}/members/${recipient_id}`, {});
          const { body } = await local.bot('POST', '/users/@me/channels', { recipient_id });
          return { ids: { channel_id: String(body['id']) } };
        },
      }),
      botIsGone,
    ],
  }),
  operation('GET /channels/{channel_id}/messages/{message_id}', {
    answer: [200, 'MessageResponse'],
    refused: [botIsGone],
  }),
  operation('PATCH /channels/{channel_id}/messages/{message_id}', {
    prepare: freshMessage,
    body: { content: 'edited' },
    request: 'MessageEditRequestPartial',
    answer: [200, 'MessageResponse'],
    refused: [refused('a person wrote it', 403, 50005, { prepare: theirMessage }), NO_MESSAGE],
  }),
  operation('DELETE /channels/{channel_id}/messages/{message_id}', {
    prepare: freshMessage,
    answer: [204],
    refused: [
      refused('a person wrote it and the bot lacks MANAGE_MESSAGES', 403, 50013, {
        at: 'weak',
        prepare: async ({ local, places: { weak } }) => {
          const written = { authorId: weak['user_id'], content: 'mine' };
          const path = `/sandbox/channels/${weak['channel_id']}/messages`;
          return { ids: { message_id: (await local.control<{ id: string }>('POST', path, written)).id } };
        },
      }),
    ],
  }),
  operation('POST /channels/{channel_id}/typing', {
    answer: [204],
    refused: [botIsGone],
  }),
  operation('GET /guilds/{guild_id}/audit-logs', {
    query: { limit: 5 },
    answer: [200, 'GuildAuditLogResponse'],
    refused: [missingPermission('VIEW_AUDIT_LOG'), badQuery('the limit is above 100', { limit: 101 })],
  }),

  operation('GET /users/@me/connections', {
    as: 'bearer',
    // Nobody has connected an account of another service here.
    answer: [200, '[]'],
    refused: [missingScope('connections')],
  }),
  operation('PUT /users/@me/applications/{application_id}/role-connection', {
    as: 'bearer',
    body: { platform_name: 'Courses', metadata: { courses: '3' } },
    request: 'UpdateApplicationUserRoleConnectionRequest',
    answer: [200, 'ApplicationUserRoleConnectionResponse'],
    refused: [
      { ...missingScope('role_connections.write'), body: {} },
      badBody('the name of the platform is too long', { platform_name: 'x'.repeat(51) }),
      foreignApplication,
    ],
  }),
  operation('GET /users/@me/applications/{application_id}/role-connection', {
    as: 'bearer',
    answer: [200, 'ApplicationUserRoleConnectionResponse'],
    refused: [missingScope('role_connections.write'), notAPerson],
  }),
  operation('DELETE /users/@me/applications/{application_id}/role-connection', {
    as: 'bearer',
    answer: [204],
    refused: [missingScope('role_connections.write'), notAPerson],
  }),
  operation('PUT /applications/{application_id}/role-connections/metadata', {
    body: [RECORD],
    request: 'ApplicationRoleConnectionsMetadataItemRequest[]',
    answer: [200, 'ApplicationRoleConnectionsMetadataItemResponse[]'],
    refused: [
      badBody('a key has capitals', [{ ...RECORD, key: 'Courses' }]),
      badBody('there are six', Array(6).fill(RECORD)),
      foreignApplication,
    ],
  }),
  operation('GET /applications/{application_id}/role-connections/metadata', {
    answer: [200, 'ApplicationRoleConnectionsMetadataItemResponse[]'],
    refused: [foreignApplication],
  }),
];
