/** How many calls in how long a time; a shared limit counts everybody's calls. */
export interface BucketLimit {
  readonly limit: number;
  readonly windowMs: number;
  readonly scope?: 'user' | 'shared' | undefined;
}

/**
 * Discord publishes no limit of any route and asks clients not to rely on one. These are sizes that have been seen in
 * the wild (unverified); PUT /sandbox/limits sets others.
 */
export const ROUTE_BUCKETS: Readonly<Record<string, BucketLimit>> = {
  'PUT /guilds/:id/members/:id': { limit: 10, windowMs: 10_000 },
  'DELETE /guilds/:id/members/:id': { limit: 5, windowMs: 1_000 },
  'PATCH /guilds/:id/members/:id': { limit: 10, windowMs: 10_000 },
  'PUT /guilds/:id/members/:id/roles/:id': { limit: 10, windowMs: 10_000 },
  'DELETE /guilds/:id/members/:id/roles/:id': { limit: 10, windowMs: 10_000 },
  'GET /guilds/:id/members': { limit: 10, windowMs: 10_000 },
  'GET /guilds/:id/members/:id': { limit: 5, windowMs: 1_000 },
  'GET /guilds/:id/audit-logs': { limit: 50, windowMs: 60_000 },
  'POST /channels/:id/messages': { limit: 5, windowMs: 5_000 },
  'POST /channels/:id/invites': { limit: 5, windowMs: 15_000 },
  'POST /users/@me/channels': { limit: 10, windowMs: 10_000 },
  'GET /users/@me/guilds': { limit: 1, windowMs: 1_000 },
  'GET /gateway/bot': { limit: 2, windowMs: 5_000 },
};

/** Every other route. */
export const DEFAULT_BUCKET: BucketLimit = { limit: 50, windowMs: 10_000 };
