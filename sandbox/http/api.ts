import { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type World } from '../world/world';
import { type Principal, authenticate, authorize } from './authentication';
import { parseBody, readBytes, type RequestBody } from './body';
import { type Answer, type Call } from './call';
import { DiscordError, refuse, refuseField, refuseStatus } from './discord-error';
import { type ErrorStatuses, faultAnswer } from './fault-answer';
import { faultSubject } from './fault-subject';
import { type FaultRule, type Faults } from './faults';
import { requireSnowflake } from './form';
import { type Journal } from './journal';
import { type RateLimits } from './rate-limits';
import { normalizeUnknownPath, type Route, type Router } from './router';

/** What the HTTP API works with. */
export interface ApiContext {
  readonly world: World;
  readonly router: Router;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly limits: RateLimits;
}

type Headers = Record<string, string>;

/** How a call ended; `cut` = the connection is dropped without an answer. */
interface Outcome {
  readonly answer: Answer;
  readonly headers: Headers;
  readonly route: string;
  readonly bucket: string | null;
  readonly cut?: boolean;
  readonly isShared?: boolean;
}

/** Serves one request below `/api`, from reading it to writing it into the journal. */
export async function serveApi(
  context: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const startedAt = Date.now();
  const started = performance.now();
  const method = request.method ?? 'GET';
  const { path, isKnownVersion } = apiPath(url.pathname);
  const address = request.socket.remoteAddress ?? '';
  const outcome = await handle(context, { request, url, method, path, isKnownVersion, address });
  const { status } = outcome.answer;
  const isInvalid = status === 401 || status === 403 || (status === 429 && outcome.isShared !== true);
  if (isInvalid) context.limits.countInvalid(address);
  const remaining = outcome.headers['x-ratelimit-remaining'];
  // Written before the answer leaves, so that who has the answer finds it in the journal.
  context.journal.add(
    startedAt,
    {
      method,
      route: outcome.route,
      path: path + url.search,
      status,
      bucket: outcome.bucket,
      remaining: remaining === undefined ? null : Number(remaining),
      ms: Math.round((performance.now() - started) * 10) / 10,
    },
    isInvalid,
  );
  if (outcome.cut === true) request.socket.destroy();
  else writeAnswer(response, outcome.answer, outcome.headers);
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly method: string;
  readonly path: string;
  readonly isKnownVersion: boolean;
  readonly address: string;
}

async function handle(context: ApiContext, incoming: Incoming): Promise<Outcome> {
  const { method, path } = incoming;
  const match = context.router.match(method, path);
  const route = match.found === 'route' ? match.route.normalized : normalizeUnknownPath(path);
  const banned = context.limits.bannedFor(incoming.address);
  if (banned > 0) return { answer: bannedAnswer(), headers: retryAfter(banned), route, bucket: null };
  if (context.limits.settings.requireUserAgent && (incoming.request.headers['user-agent'] ?? '') === '') {
    return { answer: namelessAnswer(), headers: { connection: 'close' }, route, bucket: null };
  }
  const principal = principalOf(context, incoming);
  // Every call takes from a bucket, also one that names no route or sends too much: all unknown routes share one.
  const params = match.found === 'route' ? match.params : {};
  const verdict = context.limits.take({
    method,
    route: match.found === 'route' ? route : 'unknown',
    major: majorOf(params),
    caller: callerOf(principal, incoming.address),
    isGlobalExempt: route.startsWith('/interactions/') || route.startsWith('/webhooks/'),
  });
  const outcome = { route, bucket: verdict.bucket, headers: verdict.headers };
  let bytes: Buffer;
  try {
    bytes = await readBytes(incoming.request);
  } catch (error) {
    return { ...outcome, answer: answerOf(error), headers: { ...verdict.headers, connection: 'close' } };
  }
  if (!verdict.go) return { ...outcome, answer: { status: 429, body: verdict.body }, isShared: verdict.isShared };
  if (!incoming.isKnownVersion) return { ...outcome, answer: refusal(context, refuse(50041)) };
  if (match.found !== 'route') {
    const error = match.found === 'nothing' ? refuseStatus(404, 'Not Found') : refuseStatus(405, 'Method Not Allowed');
    return { ...outcome, answer: answerOf(error) };
  }
  return { ...outcome, ...(await runRoute(context, incoming, match.route, params, bytes, principal, verdict.headers)) };
}

function principalOf(context: ApiContext, { request }: Incoming): Principal | DiscordError {
  try {
    return authenticate(context.world, request.headers.authorization);
  } catch (error) {
    return error instanceof DiscordError ? error : refuseStatus(401, 'Unauthorized');
  }
}

async function runRoute(
  context: ApiContext,
  incoming: Incoming,
  route: Route,
  params: Record<string, string>,
  bytes: Buffer,
  principal: Principal | DiscordError,
  headers: Headers,
): Promise<Pick<Outcome, 'answer' | 'headers' | 'cut' | 'isShared'>> {
  const { method } = incoming;
  const { settings } = context.limits;
  const fault = context.faults.fire(
    faultSubject(context.world, { method, route: route.normalized, params, principal, bytes }),
  );
  const delay = settings.latencyMs + (fault?.delayMs ?? 0);
  if (delay > 0) await sleep(delay, undefined, { ref: false });
  const injected = beforeEffect(fault, settings.errorStatuses);
  if (injected !== undefined)
    return { ...injected, headers: { ...headers, ...injected.headers }, isShared: fault?.scope === 'shared' };
  const answer = await runHandler(context, incoming, route, params, bytes, principal);
  return { answer, headers, cut: fault?.drop === true || fault?.drop === 'after' };
}

function beforeEffect(
  fault: FaultRule | undefined,
  statuses: ErrorStatuses,
): { answer: Answer; headers: Headers; cut?: boolean } | undefined {
  if (fault?.drop === 'before') return { answer: { status: 0 }, headers: {}, cut: true };
  const isAnswered = fault?.status !== undefined || fault?.code !== undefined || fault?.body !== undefined;
  return fault !== undefined && isAnswered ? faultAnswer(fault, statuses) : undefined;
}

async function runHandler(
  context: ApiContext,
  { request, url, method }: Incoming,
  route: Route,
  params: Record<string, string>,
  bytes: Buffer,
  principal: Principal | DiscordError,
): Promise<Answer> {
  try {
    // A route for everybody does not mind a token that it has no use for.
    const caller = principal instanceof DiscordError && route.access.allow === 'anybody' ? NOBODY : principal;
    if (caller instanceof DiscordError) throw caller;
    authorize(caller, route.access);
    for (const [name, value] of Object.entries(params)) if (isIdParameter(name)) requireSnowflake(name, value);
    const body: RequestBody = parseBody(bytes, request.headers['content-type']);
    const call: Call = {
      world: context.world,
      method,
      params,
      query: url.searchParams,
      body: body.value,
      files: body.files,
      isForm: body.isForm,
      principal: caller,
      authorization: request.headers.authorization,
      actor: {
        userId: caller.kind === 'bearer' ? caller.grant.userId : context.world.botUserId,
        reason: method === 'GET' ? null : auditLogReason(request.headers['x-audit-log-reason']),
      },
    };
    return await route.handler(call);
  } catch (error) {
    return refusal(context, error);
  }
}

const NOBODY: Principal = { kind: 'nobody' };

/** Writes an answer; JSON goes out as exactly `application/json`, without a charset. */
export function writeAnswer(response: ServerResponse, answer: Answer, headers: Headers): void {
  if (answer.text !== undefined) {
    response.writeHead(answer.status, { ...headers, 'content-type': answer.text.type }).end(answer.text.content);
  } else if (answer.body === undefined) {
    response.writeHead(answer.status, headers).end();
  } else {
    response
      .writeHead(answer.status, { ...headers, 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
  }
}

/** The answer to an error: Discord's refusal, or 500 for a mistake of the local Discord's own, which it prints. */
export function answerOf(error: unknown): Answer {
  if (error instanceof DiscordError) return { status: error.status, body: error.body() };
  console.error('The local Discord made a mistake of its own:', error);
  return { status: 500, body: { message: '500: Internal Server Error', code: 0 } };
}

/** The same with the HTTP status that PUT /sandbox/limits gave to the code. */
function refusal({ limits }: ApiContext, error: unknown): Answer {
  const answer = answerOf(error);
  const status = error instanceof DiscordError ? limits.settings.errorStatuses[String(error.code)] : undefined;
  return status === undefined ? answer : { ...answer, status };
}

/** The path behind `/api` and the version. Without a version Discord means its default one, which answers alike here. */
function apiPath(pathname: string): { path: string; isKnownVersion: boolean } {
  const rest = pathname.slice('/api'.length);
  const version = /^\/v(\d+)(?=\/|$)/.exec(rest);
  if (version === null) return { path: rest, isKnownVersion: true };
  return { path: rest.slice(version[0].length), isKnownVersion: version[1] === '10' || version[1] === '9' };
}

/** Codes and tokens are not ids: a strange one is unknown, not malformed. */
function isIdParameter(name: string): boolean {
  return name.endsWith('_id');
}

/** What has a bucket of its own. A webhook is its id and token together, and an interaction is called back like one. */
function majorOf(params: Record<string, string>): string {
  const single = params['guild_id'] ?? params['channel_id'];
  if (single !== undefined) return single;
  const id = params['webhook_id'] ?? params['interaction_id'];
  if (id === undefined) return '';
  return `${id}/${params['webhook_token'] ?? params['interaction_token'] ?? ''}`;
}

function callerOf(principal: Principal | DiscordError, address: string): string {
  if (principal instanceof DiscordError || principal.kind === 'nobody') return address;
  return principal.kind === 'bot' ? 'bot' : principal.grant.accessToken;
}

const MAX_REASON = 512;

/** The reason of a change. Throws 50035 for one that is too long, and nothing is changed (the field is unverified). */
function auditLogReason(header: string | string[] | undefined): string | null {
  if (typeof header !== 'string' || header === '') return null;
  let reason = header;
  try {
    reason = decodeURIComponent(header);
  } catch {
    // A reason that is not URL-encoded is taken as it stands.
  }
  if (reason.length > MAX_REASON) {
    throw refuseField(['reason'], 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_REASON} or fewer in length.`);
  }
  return reason;
}

/** What stands before Discord says to an address that is banned; it knows of no bucket, so no header names one. */
function bannedAnswer(): Answer {
  return { status: 429, text: { type: 'text/plain; charset=UTF-8', content: 'error code: 1015' } };
}

/** What stands before Discord turns away who does not say who it is (unverified). */
function namelessAnswer(): Answer {
  return { status: 403, text: { type: 'text/plain; charset=UTF-8', content: 'error code: 1010' } };
}

function retryAfter(milliseconds: number): Headers {
  return { 'retry-after': String(Math.ceil(milliseconds / 1000)) };
}
