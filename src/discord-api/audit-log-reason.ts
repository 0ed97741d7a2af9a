/** Discord takes 1 to 512 characters in `X-Audit-Log-Reason`, and the header carries them URL-encoded. */
const MAX_ENCODED_LENGTH = 512;

/**
 * The reason as Discord's audit log takes it: cut where its URL-encoded form would pass 512 characters, never inside a
 * character (a lone surrogate, which has no URL-encoded form, becomes the replacement character).
 */
export function auditLogReason(reason: string): string {
  let result = '';
  let length = 0;
  for (const symbol of reason) {
    const character = /^[\ud800-\udfff]$/.test(symbol) ? '\ufffd' : symbol;
    length += encodeURIComponent(character).length;
    if (length > MAX_ENCODED_LENGTH) break;
    result += character;
  }
  return result;
}
