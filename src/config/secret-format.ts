import { type EncryptionKey } from './config';

const KEY_BYTES = 32;

/**
 * ENCRYPTION_KEYS is `id:key,id:key`, newest first; ENCRYPTION_KEY is one key without an id. A key is 32 bytes as base64
 * (44 characters) or hexadecimal (64 digits).
 * @throws Error with a sentence that names the variable, never its value.
 */
export function parseEncryptionKeys(
  keys: string | undefined,
  key: string | undefined,
): [EncryptionKey, ...EncryptionKey[]] | undefined {
  if (keys !== undefined && key !== undefined)
    throw new Error('ENCRYPTION_KEYS and ENCRYPTION_KEY are both set; keep one of them.');
  const parsed: EncryptionKey[] = [];
  if (key !== undefined) parsed.push({ id: '1', key: decodeKey(key, 'ENCRYPTION_KEY') });
  for (const part of keys?.split(',') ?? []) {
    const [, id, value] = /^\s*([\w.-]{1,40}):(.+?)\s*$/.exec(part) ?? [];
    if (id === undefined || value === undefined)
      throw new Error('ENCRYPTION_KEYS must be a list "id:key,id:key"; make a key with: openssl rand -base64 32');
    if (parsed.some((known) => known.id === id)) throw new Error(`ENCRYPTION_KEYS has the id "${id}" twice.`);
    parsed.push({ id, key: decodeKey(value, `ENCRYPTION_KEYS (id "${id}")`) });
  }
  const [first, ...rest] = parsed;
  return first && [first, ...rest];
}

function decodeKey(value: string, name: string): Uint8Array {
  const bytes = /^[0-9a-f]{64}$/i.test(value) ? Buffer.from(value, 'hex') : Buffer.from(value, 'base64');
  if (bytes.length !== KEY_BYTES)
    throw new Error(
      `${name} must be ${KEY_BYTES} bytes as base64 or hexadecimal; make one with: openssl rand -base64 32`,
    );
  return bytes;
}

/** Whether a value is a secret of Standard Webhooks: 24 to 64 bytes as base64, `whsec_` before them. */
export function isWebhookSecret(value: string): boolean {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
  if (encoded === undefined || encoded.length % 4 !== 0) return false;
  const { length } = Buffer.from(encoded, 'base64');
  return length >= 24 && length <= 64;
}

/** Whether a value is one of those that stand in examples instead of a secret. */
export function looksLikePlaceholder(value: string): boolean {
  return (
    /change[-_ ]?me|placeholder|your[-_ ]|example|^secret$|^password$|sandbox|local-discord|not-a-real|x{6,}/i.test(
      value,
    ) || /^(.)\1*$/.test(value)
  );
}
