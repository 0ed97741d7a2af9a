/**
 * Whom a refusal concerns, and so what it means for the work that waits:
 *
 * - `person`: this student, whatever is done for the others;
 * - `server`: everybody in this server, until somebody there changes something;
 * - `transient`: nobody; the same call may succeed later;
 * - `process`: the bot itself; no call of any server can succeed.
 */
export type FailureKind = 'person' | 'server' | 'transient' | 'process';

/** What answered the call: the bot's calls and a user's own calls fail at 401 for different reasons. */
export type Authorization = 'bot' | 'user';

/**
 * Discord's numeric codes that decide by themselves, whatever HTTP status they come with.
 * https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
 */
const KIND_OF_CODE: ReadonlyMap<number, FailureKind> = new Map<number, FailureKind>([
  [10003, 'server'], // unknown channel
  [10004, 'server'], // unknown guild: the bot is not in it
  [10011, 'server'], // unknown role
  [30005, 'server'], // most roles reached
  [30016, 'server'], // most invites reached
  [30019, 'server'], // most members reached
  [50001, 'server'], // missing access
  [50013, 'server'], // missing permissions, or below the person in the hierarchy
  [50028, 'server'], // invalid role: managed, or of another server
  [60003, 'server'], // the server demands two-factor authentication of the bot's owner

  [10006, 'person'], // unknown invite
  [10007, 'person'], // unknown member
  [10013, 'person'], // unknown user
  [30001, 'person'], // in as many servers as Discord allows
  [40002, 'person'], // has to verify the account first
  [40007, 'person'], // banned from the server
  [50007, 'person'], // accepts no direct messages
  [50025, 'person'], // the OAuth2 access token is dead, another person's or another application's
  [50026, 'person'], // the OAuth2 access token lacks the scope
  [340015, 'person'], // joining new servers is limited for this person

  [40062, 'transient'], // the resource is being rate limited
  [130000, 'transient'], // overloaded
]);

/** Whether Discord's code says by itself whom it concerns; of an unknown one it is only assumed. */
export function isKnownCode(code: number | string | null): boolean {
  return typeof code === 'number' && KIND_OF_CODE.has(code);
}

/**
 * Whom a refusal concerns, by status and numeric code, never by text.
 *
 * A 4xx without one of Discord's codes did not come from Discord's API (its edge, or a proxy, answers HTML), so it says
 * nothing about anybody and is tried again. An unknown 403 is taken for a missing permission: repeating it for every
 * student would end in Discord's ban for invalid requests (10,000 in 10 minutes). If the server turns out to be well, it
 * was the person's after all ({@link isKnownCode}). Any other unknown refusal concerns one call only.
 */
export function failureKind(
  status: number | null,
  code: number | string | null,
  authorization: Authorization,
): FailureKind {
  if (status === null || status >= 500 || status === 429 || status === 408) return 'transient';
  const known = typeof code === 'number' ? KIND_OF_CODE.get(code) : undefined;
  if (known !== undefined) return known;
  if (status === 401) return authorization === 'bot' ? 'process' : 'person';
  if (typeof code !== 'number') return 'transient';
  return status === 403 ? 'server' : 'person';
}
