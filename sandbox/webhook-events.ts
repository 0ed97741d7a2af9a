import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { type World } from './world/world';

/** Ed25519 in PKCS#8 is this prefix and the 32 bytes of the seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const ANSWER_WITHIN_MS = 3_000;
/** Discord goes on for up to ten minutes; here a receiver that starts late is reached within one. */
const RETRY_DELAYS_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

/** The signature that Discord sends in X-Signature-Ed25519: over the timestamp and the raw body, in hex. */
function signWebhook(seedHex: string, timestamp: string, body: string): string {
  return sign(null, Buffer.from(timestamp + body), privateKey(seedHex)).toString('hex');
}

/** Tells the application's webhook who authorized it and who took that back. Order and delivery are not promised. */
export class WebhookEvents {
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly stop: () => void;
  private readonly aborter = new AbortController();

  constructor(private readonly world: World) {
    this.stop = world.onApplicationEvent(({ type, data }) => {
      this.post({ type: 1, event: { type, timestamp: new Date().toISOString(), data } });
    });
  }

  /** PING, as Discord sends it when a URL is set. */
  ping(): void {
    this.post({ type: 0 });
  }

  close(): void {
    this.stop();
    this.aborter.abort();
    for (const timer of this.timers) clearTimeout(timer);
  }

  private post(payload: Record<string, unknown>): void {
    const url = this.world.application.webhookEventsUrl;
    if (url === null) return;
    const body = JSON.stringify({ version: 1, application_id: this.world.application.id, ...payload });
    void this.attempt(url, body, 0);
  }

  private async attempt(url: string, body: string, attempt: number): Promise<void> {
    if (await this.isDelivered(url, body)) return;
    const delay = RETRY_DELAYS_MS[attempt];
    if (delay === undefined || this.aborter.signal.aborted) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.attempt(url, body, attempt + 1);
    }, delay);
    timer.unref();
    this.timers.add(timer);
  }

  private async isDelivered(url: string, body: string): Promise<boolean> {
    const timestamp = String(Math.floor(Date.now() / 1000));
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Discord-Webhook/1.0 (+https://discord.com)',
          'x-signature-ed25519': signWebhook(this.world.application.privateKey, timestamp, body),
          'x-signature-timestamp': timestamp,
        },
        body,
        signal: AbortSignal.any([this.aborter.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }
}

function privateKey(seedHex: string): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, Buffer.from(seedHex, 'hex')]),
    format: 'der',
    type: 'pkcs8',
  });
}
