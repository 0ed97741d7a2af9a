const CENSORED = '[redacted]';

/** Names under which a secret, or something personal, may stand. */
const SECRET_NAME = /token|secret|password|authorization|cookie|verifier|email|invite|^code$|^state$/i;

/** `code` is also the name of an error's code, which is worth reading: a number, or a word in capitals. */
const ERROR_CODE = /^[A-Z0-9_]{1,40}$/;

/** How deep a logged object is looked into; what lies deeper is left out. */
const DEPTH = 5;

/** What a secret looks like wherever it stands, and what takes its place. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // JSON Web Tokens, signed or encrypted.
  [/\beyJ[\w-]{5,}(?:\.[\w-]*){2,4}/g, CENSORED],
  // Bot tokens: the bot's id in base64, a time, a signature.
  [/\b[\w-]{22,28}\.[\w-]{6,7}\.[\w-]{27,}/g, CENSORED],
  [/\b(Bearer|Basic|Bot) [\w.~+/=-]{20,}/g, `$1 ${CENSORED}`],
  // The login in a connection string.
  [/:\/\/[^\s/@"\\]+@/g, `://${CENSORED}@`],
  [/([?&](?:code|state|\w*token|\w*secret)=)[^&\s"\\]+/gi, `$1${CENSORED}`],
  [/((?:discord\.gg|\/invites?)\/)(?!:)[\w-]+/gi, `$1${CENSORED}`],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/gi, CENSORED],
];

/**
 * A text without anything that looks like a token, a login, an invite or an e-mail address.
 * @param literals secrets of this process, censored wherever they stand and whatever they look like.
 */
export function censor(text: string, literals: readonly string[] = []): string {
  const known = literals.reduce((rest, secret) => rest.replaceAll(secret, CENSORED), text);
  return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), known);
}

/** A copy of a logged value in which whatever has a secret's name is censored, and errors show only what is safe. */
export function redact(value: object, depth?: number): Record<string, unknown>;
export function redact(value: unknown, depth?: number): unknown;
export function redact(value: unknown, depth = DEPTH): unknown {
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '[…]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, content]) => [
      name,
      isSecret(name, content) ? CENSORED : redact(content, depth - 1),
    ]),
  );
}

function isSecret(name: string, content: unknown): boolean {
  if (typeof content === 'number' || typeof content === 'boolean' || content === null || content === undefined) {
    return false;
  }
  if (!SECRET_NAME.test(name)) return false;
  return !(name.toLowerCase() === 'code' && typeof content === 'string' && ERROR_CODE.test(content));
}

/**
 * An error as it is logged. Only these properties: libraries hang requests with their bodies, query parameters and
 * headers on theirs.
 */
export function describeError(error: Error, depth = DEPTH): Record<string, unknown> {
  const described: Record<string, unknown> = { type: error.name, message: error.message, stack: error.stack };
  for (const name of ['code', 'status', 'kind'] as const) {
    const content: unknown = name in error ? Reflect.get(error, name) : undefined;
    if (typeof content === 'number' || (typeof content === 'string' && !isSecret(name, content))) {
      described[name] = content;
    }
  }
  if (error.cause instanceof Error && depth > 0) described['cause'] = describeError(error.cause, depth - 1);
  return described;
}
