import { Inject, Injectable } from '@nestjs/common';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import { CONFIG, type Config, type EncryptionKey } from '../config/config';

/** A stored token that none of the configured keys opens for this user. */
export class UnreadableToken extends Error {
  override readonly name = 'UnreadableToken';

  constructor() {
    super(
      'A stored Discord token cannot be decrypted: it belongs to another user, was changed, or its key is missing from ENCRYPTION_KEYS.',
    );
  }
}

/**
 * Encrypts Discord tokens (and secrets of webhook endpoints) for storage: JWE with `dir` and A256GCM. The protected header
 * names the key (`kid`) and the user or endpoint (`sub`) and is authenticated with the ciphertext, so a token copied into
 * another row does not open there.
 */
@Injectable()
export class TokenVault {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'encryptionKeys'>) {}

  /** Encrypts with the newest key. */
  encrypt(userId: string, token: string): Promise<string> {
    const [{ id, key }] = this.config.encryptionKeys;
    return new CompactEncrypt(new TextEncoder().encode(token))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id, sub: userId })
      .encrypt(key);
  }

  /** @throws UnreadableToken */
  async decrypt(userId: string, encrypted: string): Promise<string> {
    let header: { kid?: unknown; sub?: unknown };
    try {
      header = decodeProtectedHeader(encrypted);
    } catch {
      throw new UnreadableToken();
    }
    if (header.sub !== userId) throw new UnreadableToken();
    for (const { key } of this.candidates(header.kid)) {
      try {
        const { plaintext } = await compactDecrypt(encrypted, key, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        return new TextDecoder().decode(plaintext);
      } catch {
        // Not this key.
      }
    }
    throw new UnreadableToken();
  }

  /** Whether a stored token is already encrypted with the newest key. A name is not enough: keys may have been renamed. */
  async isCurrent(userId: string, encrypted: string): Promise<boolean> {
    const [newest] = this.config.encryptionKeys;
    try {
      if (decodeProtectedHeader(encrypted)['kid'] !== newest.id) return false;
      await new TokenVault({ encryptionKeys: [newest] }).decrypt(userId, encrypted);
      return true;
    } catch {
      return false;
    }
  }

  /** The key of that name first, then the others: an operator may have renamed keys when adding one. */
  private candidates(kid: unknown): EncryptionKey[] {
    return [...this.config.encryptionKeys].sort((a, b) => Number(b.id === kid) - Number(a.id === kid));
  }
}
