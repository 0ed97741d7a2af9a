/** Discord compares nonces of the past few minutes. */
const REMEMBERED_MS = 5 * 60_000;

/** Which message came of a nonce, so that a repeated request with `enforce_nonce` writes nothing twice. */
export class NonceMemory {
  private readonly messages = new Map<string, { messageId: string; until: number }>();

  find(channelId: string, nonce: string | number): string | undefined {
    const entry = this.messages.get(`${channelId} ${nonce}`);
    return entry !== undefined && entry.until > Date.now() ? entry.messageId : undefined;
  }

  remember(channelId: string, nonce: string | number, messageId: string): void {
    const now = Date.now();
    // A Map keeps the order of insertion, so what has run out stands in front.
    for (const [key, entry] of this.messages) {
      if (entry.until > now) break;
      this.messages.delete(key);
    }
    this.messages.set(`${channelId} ${nonce}`, { messageId, until: now + REMEMBERED_MS });
  }
}
