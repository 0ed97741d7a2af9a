import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/server';

export const BOT_PERMISSIONS = '268438659';

/** A running local Discord with what tests do to it. */
export interface Local extends Sandbox {
  /** Calls the control API and expects it to work. */
  control<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>;
  /** Calls the HTTP API as the bot. */
  bot(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
  /** Calls the HTTP API with these headers. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
  person(username: string, more?: Record<string, unknown>): Promise<string>;
  /** A server owned by a new person, with the bot in it. */
  server(
    name?: string,
    permissions?: string,
  ): Promise<{ id: string; channelId: string; ownerId: string; botRoleId: string }>;
  /** The state of the reading of an invite's target users, once it is over. */
  targetUsersJob(code: string): Promise<Record<string, unknown>>;
  grant(userId: string, scopes?: string[]): Promise<{ access_token: string; refresh_token: string }>;
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  /** The answer as a JSON object; empty when it is none. */
  body: Record<string, unknown>;
  /** The answer as a JSON list; empty when it is none. */
  list: Record<string, unknown>[];
  text: string;
}

export async function startLocal(options: Partial<SandboxOptions> = {}): Promise<Local> {
  const sandbox = await startSandbox({ port: 0, ...options });
  const call: Local['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      headers: {
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: encode(body) }),
      redirect: 'manual',
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type') === 'application/json';
    const json = isJson ? (JSON.parse(text) as unknown) : null;
    return {
      status: response.status,
      headers: response.headers,
      body: isObject(json) ? json : {},
      list: Array.isArray(json) ? json.filter(isObject) : [],
      text,
    };
  };
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return JSON.parse(answer.text) as T;
  };
  const bot: Local['bot'] = (method, path, body, headers = {}) =>
    call(method, `/api/v10${path}`, body, { authorization: `Bot ${sandbox.application.botToken}`, ...headers });
  const person: Local['person'] = async (username, more = {}) =>
    (await control<{ id: string }>('POST', '/sandbox/users', { username, ...more })).id;
  return {
    ...sandbox,
    call,
    control,
    person,
    bot,
    server: async (name = 'Algebra', permissions = BOT_PERMISSIONS) => {
      const ownerId = await person('owner');
      const made = await control<{ id: string; generalChannelId: string }>('POST', '/sandbox/guilds', {
        name,
        ownerId,
      });
      const { roleId } = await control<{ roleId: string }>('PUT', `/sandbox/guilds/${made.id}/bot`, { permissions });
      return { id: made.id, channelId: made.generalChannelId, ownerId, botRoleId: roleId };
    },
    targetUsersJob: async (code) => {
      for (;;) {
        const { body } = await bot('GET', `/invites/${code}/target-users/job-status`);
        if (body['status'] !== 1) return body;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    grant: (userId, scopes = ['identify', 'guilds.join']) =>
      control('POST', '/sandbox/oauth/grant', { userId, scopes }),
  };
}

/** Objects as JSON; text and forms go out as they are. */
function encode(body: unknown): string | FormData {
  return typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where the errors of a refusal are, and their codes: `embeds.0.title BASE_TYPE_MAX_LENGTH`. */
export function listErrors(tree: unknown, path: string[] = []): string[] {
  return Object.entries(tree as Record<string, unknown>).flatMap(([key, value]) =>
    key === '_errors'
      ? (value as { code: string }[]).map(({ code }) => `${path.join('.')} ${code}`.trim())
      : listErrors(value, [...path, key]),
  );
}
