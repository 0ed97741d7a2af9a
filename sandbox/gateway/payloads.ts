import { z } from 'zod';

const MAX_INTENTS = 2 ** 31 - 1;

/** IDENTIFY. */
export const identifyForm = z.object({
  token: z.string(),
  intents: z.number().int().min(0).max(MAX_INTENTS).optional(),
  /** Which fields it has to have is unverified, not that it has to be there. */
  properties: z.record(z.string(), z.unknown()),
  compress: z.boolean().nullish(),
  large_threshold: z.number().int().nullish(),
  shard: z.array(z.number().int()).nullish(),
  presence: z.unknown().optional(),
});
export type Identify = z.infer<typeof identifyForm>;

/** RESUME. */
export const resumeForm = z.object({ token: z.string(), session_id: z.string(), seq: z.number().int().nullable() });
export type Resume = z.infer<typeof resumeForm>;

/** REQUEST_GUILD_MEMBERS; old clients send the server's id in a list. */
export const requestMembersForm = z.object({
  guild_id: z
    .union([z.string(), z.array(z.string()).min(1)])
    .transform((id) => (Array.isArray(id) ? (id[0] ?? '') : id)),
  query: z.string().optional(),
  limit: z.number().int().min(0).optional(),
  presences: z.boolean().optional(),
  user_ids: z
    .union([z.string(), z.array(z.string())])
    .transform((ids) => (Array.isArray(ids) ? ids : [ids]))
    .optional(),
  nonce: z.string().optional(),
});
export type RequestMembers = z.infer<typeof requestMembersForm>;
