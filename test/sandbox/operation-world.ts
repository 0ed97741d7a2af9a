import { type ApiAnswer, type Local } from './local';
import { RawClient } from './raw-client';

export type Ids = Record<string, string>;

/** Who calls: the bot, nobody, or a person's token: with every scope, with none that helps, or one that ran out. */
export type Caller = 'bot' | 'nobody' | 'bearer' | 'unscoped' | 'expired';

/**
 * Where a call goes: `full` = the bot is an administrator; `weak` = it is a member without a role's permission;
 * `above` = the server of `full`, and a person and a role that stand above the bot; `absent` = the bot has left;
 * `unknown` = ids that nothing has.
 */
export type Place = 'full' | 'weak' | 'above' | 'absent' | 'unknown';

/** A world in which every operation can succeed, and places in which it cannot. */
export interface OperationWorld {
  readonly local: Local;
  readonly places: Readonly<Record<Place, Ids>>;
  readonly tokens: Readonly<Record<Caller, string | undefined>>;
  /** Somebody new with an access token. */
  newcomer(scopes?: string[]): Promise<{ id: string; accessToken: string }>;
  /** A command that waits for the bot's answer. */
  interaction(answered: boolean): Promise<{ id: string; token: string }>;
  close(): void;
}

/** One call of the HTTP API as a row of the table says it. */
export interface PlannedCall {
  method: string;
  path: string;
  query: Record<string, unknown>;
  as: Caller;
  ids: Ids;
  body: unknown;
}

/** The path with its `{names}` filled in. */
export function fill(path: string, ids: Ids): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? `no-${name}`);
}

export function perform({ local, tokens }: OperationWorld, call: PlannedCall): Promise<ApiAnswer> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query)) query.set(name, String(value));
  const authorization = tokens[call.as];
  return local.call(
    call.method,
    `/api/v10${fill(call.path, call.ids)}${query.size === 0 ? '' : `?${query.toString()}`}`,
    call.body,
    authorization === undefined ? {} : { authorization },
  );
}

const UNKNOWN_ID = '111111111111111111';
const ALL_SCOPES = [
  'identify',
  'email',
  'openid',
  'guilds',
  'guilds.members.read',
  'role_connections.write',
  'connections',
];
const ADMINISTRATOR = '8';

export async function makeOperationWorld(local: Local): Promise<OperationWorld> {
  const makeMember = async (guildId: string, name: string, roles: string[] = []) => {
    const id = await local.person(name);
    await local.control('PUT', `/sandbox/guilds/${guildId}/members/${id}`, { roles });
    return id;
  };
  const makeRole = async (guildId: string) =>
    (await local.control<{ id: string }>('POST', `/sandbox/guilds/${guildId}/roles`, { name: 'r' })).id;
  const makeInvite = async (channelId: string) =>
    String((await local.bot('POST', `/channels/${channelId}/invites`, {})).body['code']);
  const application = { application_id: local.application.id };

  const guild = await local.server('Algebra', ADMINISTRATOR);
  const user = await makeMember(guild.id, 'ayu');
  const banned = await local.person('banned');
  await local.control('PUT', `/sandbox/guilds/${guild.id}/bans/${banned}`);
  const said = await local.bot('POST', `/channels/${guild.channelId}/messages`, { content: 'first' });
  const theirs = await local.control<{ id: string }>('POST', `/sandbox/channels/${guild.channelId}/messages`, {
    authorId: user,
    content: 'mine',
  });
  await local.bot('POST', `/applications/${local.application.id}/commands`, { name: 'wait', description: 'x' });
  const high = await makeRole(guild.id);
  const full: Ids = {
    ...application,
    guild_id: guild.id,
    channel_id: guild.channelId,
    user_id: user,
    role_id: await makeRole(guild.id),
    message_id: String(said.body['id']),
    their_message_id: theirs.id,
    banned_id: banned,
    code: await makeInvite(guild.channelId),
  };
  // New roles go to the bottom, so the older one ends above the bot.
  await local.control('PUT', `/sandbox/guilds/${guild.id}/bot`, { permissions: ADMINISTRATOR, position: 2 });
  const chief = await makeMember(guild.id, 'chief', [high]);

  const weak = await local.server('Weak', '0');
  const absent = await local.server('Left', ADMINISTRATOR);
  const absentCode = await makeInvite(absent.channelId);
  await local.control('DELETE', `/sandbox/guilds/${absent.id}/bot`);

  const bearer = async (userId: string, scopes: string[]) =>
    `Bearer ${(await local.grant(userId, scopes)).access_token}`;
  const expiring = await local.person('expired');
  const expired = await bearer(expiring, ALL_SCOPES);
  await local.control('POST', '/sandbox/oauth/expire', { userId: expiring });

  const gateway = await RawClient.connect(local);
  gateway.identify(local);
  await gateway.event('READY');
  return {
    local,
    places: {
      full,
      weak: {
        ...application,
        guild_id: weak.id,
        channel_id: weak.channelId,
        user_id: await makeMember(weak.id, 'weak'),
        role_id: await makeRole(weak.id),
      },
      above: { ...full, user_id: chief, role_id: high },
      absent: { ...full, guild_id: absent.id, channel_id: absent.channelId, code: absentCode },
      unknown: new Proxy({}, { get: (_, name) => (/token|code/.test(String(name)) ? 'unknown' : UNKNOWN_ID) }),
    },
    tokens: {
      bot: `Bot ${local.application.botToken}`,
      nobody: undefined,
      bearer: await bearer(user, ALL_SCOPES),
      unscoped: await bearer(await local.person('unscoped'), ['guilds.join']),
      expired,
    },
    newcomer: async (scopes) => {
      const id = await local.person('newcomer');
      return { id, accessToken: (await local.grant(id, scopes)).access_token };
    },
    interaction: async (isAnswered) => {
      const before = gateway.received.length;
      void local
        .call('POST', '/sandbox/interactions', { guildId: guild.id, userId: user, command: 'wait' })
        .catch(() => undefined);
      const { d } = await gateway.until(
        (payload) => payload.t === 'INTERACTION_CREATE' && gateway.received.indexOf(payload) >= before,
      );
      const [id, token] = [String(d['id']), String(d['token'])];
      if (isAnswered) {
        await local.call('POST', `/api/v10/interactions/${id}/${token}/callback`, { type: 4, data: { content: 'hi' } });
      }
      return { id, token };
    },
    close: () => gateway.socket.terminate(),
  };
}
