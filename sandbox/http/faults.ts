import { z } from 'zod';

/** A rule by which calls go wrong; the fields that say which calls all have to match. */
export const faultRule = z.strictObject({
  method: z.string().optional(),
  /** As in the journal: `/guilds/:id/members/:id`. */
  route: z.string().optional(),
  guildId: z.string().optional(),
  userId: z.string().optional(),
  /** Answer this instead of doing anything. */
  status: z.int().min(200).max(599).optional(),
  code: z.int().optional(),
  body: z.unknown().optional(),
  /** Of a 429: whose limit it is, unless its body says that it is everybody's. */
  scope: z.enum(['user', 'shared']).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  /** Cut the connection: after the effect has happened, or `"before"` anything happens. */
  drop: z.union([z.boolean(), z.literal('before'), z.literal('after')]).optional(),
  /** How often the rule fires before it is spent. */
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
});

export type FaultRule = z.infer<typeof faultRule>;

/** What the rules can see of a call. */
export interface FaultSubject {
  readonly method: string;
  readonly route: string;
  readonly guildId: string | undefined;
  readonly userId: string | undefined;
}

/** The rules in force. */
export class Faults {
  private rules: { rule: FaultRule; left: number }[] = [];

  set(rules: readonly FaultRule[]): void {
    this.rules = rules.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
  }

  /** The rules with how often each can still fire. */
  list(): FaultRule[] {
    return this.rules.map(({ rule, left }) => (Number.isFinite(left) ? { ...rule, times: left } : rule));
  }

  clear(): void {
    this.rules = [];
  }

  /** The first rule that fires for this call, if any. Asking uses up one of its times. */
  fire(subject: FaultSubject): FaultRule | undefined {
    for (const entry of this.rules) {
      const { rule } = entry;
      if (entry.left <= 0 || !matches(rule, subject)) continue;
      if (rule.probability !== undefined && Math.random() >= rule.probability) continue;
      entry.left -= 1;
      return rule;
    }
    return undefined;
  }
}

function matches(rule: FaultRule, subject: FaultSubject): boolean {
  return (
    (rule.method === undefined || rule.method.toUpperCase() === subject.method) &&
    (rule.route === undefined || rule.route === subject.route || rule.route === `${subject.method} ${subject.route}`) &&
    (rule.guildId === undefined || rule.guildId === subject.guildId) &&
    (rule.userId === undefined || rule.userId === subject.userId)
  );
}
