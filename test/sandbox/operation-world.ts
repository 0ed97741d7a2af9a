import { type ApiAnswer, type Local } from './local';
import { RawClient } from './raw-client';

/** A world in which every operation can succeed. */
export interface OperationWorld {
  local: Local;
  bearer: string;
  /** Values for the `{names}` of paths. */
  ids: Record<string, string>;
  /** Somebody new with an access token. */
  newcomer(): Promise<{ id: string; accessToken: string }>;
  /** A command that waits for the bot's answer. */
  interaction(answered: boolean): Promise<{ id: string; token: string }>;
}

/** One operation of Discord's OpenAPI file: how it is called so that it succeeds, and the schemas that then hold. */
export interface Operation {
  id: string;
  method: string;
  path: string;
  auth: 'bot' | 'bearer' | 'none';
  status: number;
  body?: unknown;
  request?: string;
  /** The schema of the answer; `[]` behind the name = a list of it. */
  response?: string;
  query?: string;
  /** Something of its own to call it on. */
  prepare?: (world: OperationWorld) => Promise<{ ids?: Record<string, string>; body?: unknown }>;
}

/** The path with its `{names}` filled in. */
export function fill(path: string, ids: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? `no-${name}`);
}

/** Calls an operation in the world, as its caller does. */
export async function perform(
  world: OperationWorld,
  { method, path, query = '', auth }: Operation,
  ids: Record<string, string>,
  body: unknown,
): Promise<ApiAnswer> {
  const address = `/api/v10${fill(path, { ...world.ids, ...ids })}${query}`;
  const authorization = auth === 'bot' ? `Bot ${world.local.application.botToken}` : `Bearer ${world.bearer}`;
  return world.local.call(method, address, body, auth === 'none' ? {} : { authorization });
}

/** The world in which every operation succeeds. */
export async function makeOperationWorld(local: Local): Promise<OperationWorld & { close(): void }> {
  const guild = await local.server('Algebra', '8');
  const user = await local.person('ayu');
  const banned = await local.person('banned');
  await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${user}`, {});
  await local.control('PUT', `/sandbox/guilds/${guild.id}/bans/${banned}`);
  const scopes = ['identify', 'email', 'openid', 'guilds', 'guilds.members.read', 'role_connections.write'];
  const { access_token: bearer } = await local.grant(user, scopes);
  const invite = await local.bot('POST', `/channels/${guild.channelId}/invites`, {});
  await local.bot('POST', `/applications/${local.application.id}/commands`, { name: 'wait', description: 'x' });
  const gateway = await RawClient.connect(local);
  gateway.identify(local);
  await gateway.event('READY');
  const newcomer = async () => {
    const id = await local.person('newcomer');
    return { id, accessToken: (await local.grant(id)).access_token };
  };
  return {
    local,
    bearer,
    newcomer,
    ids: {
      application_id: local.application.id,
      guild_id: guild.id,
      channel_id: guild.channelId,
      user_id: user,
      role_id: guild.botRoleId,
      banned_id: banned,
      code: String(invite.body['code']),
    },
    interaction: async (isAnswered) => {
      const before = gateway.received.length;
      const name = `w${Math.random().toString(36).slice(2)}`;
      await local.bot('POST', `/applications/${local.application.id}/commands`, { name, description: 'x' });
      void local
        .call('POST', '/sandbox/interactions', { guildId: guild.id, userId: user, command: name })
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
