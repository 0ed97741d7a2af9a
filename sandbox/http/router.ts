import { type Access } from './authentication';
import { type Handler } from './call';

/** One operation of the HTTP API. */
export interface Route<H = Handler> {
  readonly method: string;
  /** As Discord documents it: `/guilds/:guild_id/members/:user_id`. */
  readonly template: string;
  /** With every parameter as `:id`, for the journal and the rules of the control API. */
  readonly normalized: string;
  readonly segments: readonly string[];
  readonly access: Access;
  readonly handler: H;
}

/** Makes a route of the table that a resource exports. */
export function route<H = Handler>(method: string, template: string, access: Access, handler: H): Route<H> {
  return {
    method,
    template,
    normalized: template.replace(/:[a-z_]+/g, ':id'),
    segments: template.split('/').slice(1),
    access,
    handler,
  };
}

/** The result of looking for a route. */
type Match<H> =
  | { readonly found: 'route'; readonly route: Route<H>; readonly params: Record<string, string> }
  | { readonly found: 'other method' | 'nothing' };

/** Finds routes by method and path; a literal segment wins over a parameter. */
export class Router<H = Handler> {
  /** By number of segments, most literal first, so that `/users/@me` is tried before `/users/:user_id`. */
  private readonly bySize = new Map<number, Route<H>[]>();

  constructor(readonly routes: readonly Route<H>[]) {
    for (const each of routes) {
      const list = this.bySize.get(each.segments.length) ?? [];
      list.push(each);
      this.bySize.set(each.segments.length, list);
    }
    for (const list of this.bySize.values()) list.sort((left, right) => parameterMask(left) - parameterMask(right));
  }

  match(method: string, path: string): Match<H> {
    const segments = path.split('/').slice(1);
    let isKnownPath = false;
    for (const candidate of this.bySize.get(segments.length) ?? []) {
      const params = matchSegments(candidate.segments, segments);
      if (params === undefined) continue;
      if (candidate.method === method) return { found: 'route', route: candidate, params };
      isKnownPath = true;
    }
    return { found: isKnownPath ? 'other method' : 'nothing' };
  }
}

/** One bit for each parameter, the first segment's the highest: literal segments sort first, earlier ones count more. */
function parameterMask(candidate: Route<unknown>): number {
  return candidate.segments.reduce((mask, segment) => mask * 2 + (segment.startsWith(':') ? 1 : 0), 0);
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? '';
    if (!expected.startsWith(':')) {
      if (decodeSegment(actual) !== expected) return undefined;
    } else if (actual === '') {
      return undefined;
    } else {
      params[expected.slice(1)] = decodeSegment(actual);
    }
  }
  return params;
}

/** A segment that is not well-formed means itself. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The path of an unknown route with what looks like an id replaced, so that the journal can count it. */
export function normalizeUnknownPath(path: string): string {
  return path.replace(/\/\d{15,20}(?=\/|$)/g, '/:id');
}
