import { z } from 'zod';
import { DEFAULT_RULES } from '../world/rules';
import { isKnownErrorCode } from './error-table';

/** What PUT /sandbox/limits takes. */
export const limitSettings = z.strictObject({
  enforce: z.boolean(),
  globalPerSecond: z.int().min(1).optional(),
  latencyMs: z.int().min(0).max(60_000).optional(),
  /** By route as in the journal, with or without the method in front. */
  buckets: z
    .record(
      z.string(),
      z.strictObject({
        limit: z.int().min(1),
        windowMs: z.int().min(1),
        scope: z.enum(['user', 'shared']).optional(),
      }),
    )
    .optional(),
  /** Calls with 401, 403 or 429 in ten minutes that get an address banned. */
  invalidPerTenMinutes: z.int().min(1).optional(),
  /** IDENTIFYs in 24 hours, over all shards, before every session ends and the bot's token is reset. */
  identifiesPerDay: z.int().min(1).optional(),
  identifyEveryMs: z.int().min(0).optional(),
  /** How long the bot has for its first answer to an interaction, and how long it may add to it. */
  interactionAnswerMs: z.int().min(0).max(600_000).optional(),
  interactionTokenMs: z.int().min(0).max(86_400_000).optional(),
  /** The pause before a webhook event is sent again, doubled each time, and when Discord gives the receiver up. */
  webhookRetryMs: z.int().min(1).max(600_000).optional(),
  webhookGiveUpMs: z.int().min(0).max(86_400_000).optional(),
  /** Whether a call without a User-Agent is blocked, as Discord may do. */
  requireUserAgent: z.boolean().optional(),
  /** HTTP statuses by Discord's code, or by the name of an OAuth2 error: Discord documents hardly any. */
  errorStatuses: z
    .record(
      z.string().refine((code) => OAUTH_ERRORS.has(code) || isKnownErrorCode(Number(code)), 'is no code that is known'),
      z.int().min(400).max(499),
    )
    .optional(),
  oauthCodeMs: z.int().min(0).max(86_400_000).optional(),
  installNeedsManageGuild: z.boolean().optional(),
  inviteMaxAgeSeconds: z.int().min(1).max(31_536_000).optional(),
  targetUsersJobMs: z.int().min(0).max(86_400_000).optional(),
  targetUsersJobEnds: z.enum(['completed', 'failed']).optional(),
  guildsPerUser: z.int().min(1).max(10_000).optional(),
  absentMemberStatus: z.union([z.literal(204), z.literal(404)]).optional(),
  rejoinAppliesRoles: z.boolean().optional(),
  managedRolesAssignable: z.boolean().optional(),
  membersPerChunk: z.int().min(1).max(1_000).optional(),
});

const OAUTH_ERRORS = new Set([
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'unsupported_grant_type',
]);

export type LimitSettings = z.infer<typeof limitSettings>;

export const DEFAULT_LIMITS = {
  enforce: false,
  globalPerSecond: 50,
  latencyMs: 0,
  invalidPerTenMinutes: 10_000,
  identifiesPerDay: 1000,
  identifyEveryMs: 5_000,
  interactionAnswerMs: 3_000,
  interactionTokenMs: 15 * 60_000,
  webhookRetryMs: 500,
  webhookGiveUpMs: 10 * 60_000,
  requireUserAgent: false,
  errorStatuses: {} as Readonly<Record<string, number>>,
  ...DEFAULT_RULES,
};
