import { DEFAULT_LIMITS } from './http/limit-settings';
import { WEBHOOK_EVENT_TYPES, webhookEventsStatus, webhookEventTypes } from './world/webhook-settings';
import { type World } from './world/world';
import { signedHeaders } from './webhook-signature';

const ANSWER_WITHIN_MS = 3_000;
/** A receiver that starts after the local Discord is reached within a minute. */
const START_DELAYS_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

/** The pause before an event is sent again, doubled each time, and how long Discord goes on before it gives up. */
export interface WebhookRetries {
  readonly webhookRetryMs: number;
  readonly webhookGiveUpMs: number;
}

/** A signature that is well formed and fits nothing. */
const WRONG_SIGNATURE = 'ab'.repeat(64);

/** What a receiver made of the two requests that Discord sends before it takes a URL. */
export interface Verification {
  readonly state: 'verified' | 'failed';
  /** HTTP status of the answer to a PING that is signed well, null = none came within three seconds. */
  readonly ping: number | null;
  /** The same for a PING that is signed badly on purpose: only 401 shows that signatures are checked. */
  readonly badSignature: number | null;
  readonly problem: string | null;
  readonly at: string;
}

/** What a receiver answered. */
interface Reply {
  readonly status: number;
  readonly hasType: boolean;
}

interface Delivery {
  readonly url: string;
  readonly body: string;
  readonly startedAt: number;
}

/**
 * Tells the application's webhook who authorized it and who took that back. Order and delivery are not promised, and
 * a receiver that takes an event by no attempt gets nothing any more until the URL is set anew.
 */
export class WebhookEvents {
  /** The outcome for the URL in force; null while none is set or its receiver has not been reached. */
  verification: Verification | null = null;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly stop: () => void;
  private readonly aborter = new AbortController();

  constructor(
    private readonly world: World,
    private readonly retries: () => WebhookRetries = () => DEFAULT_LIMITS,
  ) {
    this.stop = world.onApplicationEvent(({ type, data }) => {
      if (!webhookEventTypes(world.application).includes(type)) return;
      this.post({ type: 1, event: { type, timestamp: new Date().toISOString(), data } });
    });
  }

  get url(): string | null {
    return this.world.application.webhookEventsUrl;
  }

  /** Whether the receiver failed for so long that nothing is sent to it any more. */
  get isDisabled(): boolean {
    return webhookEventsStatus(this.world.application) === 3;
  }

  /** Sends a PING signed well and one signed badly to a URL that somebody wants to set. */
  async verify(url: string): Promise<Verification> {
    const body = this.bodyOf({ type: 0 });
    const headers = signedHeaders(this.world.application.privateKey, body);
    const ping = await this.send(url, body, headers);
    const badSignature = await this.send(url, body, { ...headers, 'x-signature-ed25519': WRONG_SIGNATURE });
    const problem = problemOf(ping, badSignature);
    const state = problem === null ? 'verified' : 'failed';
    return {
      state,
      ping: ping?.status ?? null,
      badSignature: badSignature?.status ?? null,
      problem,
      at: new Date().toISOString(),
    };
  }

  /** Takes a URL with what its verification said; null = events are off. */
  use(url: string | null, verification: Verification | null): void {
    this.world.application.webhookEventsUrl = url;
    if (url === null) this.world.application.webhookEventsStatus = 1;
    this.verification = verification;
    this.world.changed();
  }

  /** Sends every kind of event from now on, as after the switches of the developer portal. */
  switchOn(): void {
    this.world.application.webhookEventsStatus = this.url === null ? 1 : 2;
    this.world.application.webhookEventTypes = [...WEBHOOK_EVENT_TYPES];
    this.world.changed();
  }

  /** Verifies the URL of the start. Its receiver may start later than the local Discord, so it is waited for. */
  verifyAtStart(attempt = 0): void {
    const { url } = this;
    if (url === null || this.aborter.signal.aborted) return;
    void this.verify(url).then((verification) => {
      if (this.url !== url) return;
      this.verification = verification;
      const delay = START_DELAYS_MS[attempt];
      if (verification.ping === null && delay !== undefined) this.later(() => this.verifyAtStart(attempt + 1), delay);
    });
  }

  close(): void {
    this.stop();
    this.aborter.abort();
    for (const timer of this.timers) clearTimeout(timer);
  }

  private get isOn(): boolean {
    return webhookEventsStatus(this.world.application) === 2;
  }

  private post(payload: Record<string, unknown>): void {
    const { url } = this;
    if (url === null || !this.isOn) return;
    void this.deliver({ url, body: this.bodyOf(payload), startedAt: Date.now() }, this.retries().webhookRetryMs);
  }

  private bodyOf(payload: Record<string, unknown>): string {
    return JSON.stringify({ version: 1, application_id: this.world.application.id, ...payload });
  }

  /** One attempt, and the next one after a pause that is twice as long each time. */
  private async deliver(delivery: Delivery, pause: number): Promise<void> {
    const { url, body, startedAt } = delivery;
    // Who has set another URL meanwhile, switched events off, or was given up, is not asked again.
    if (this.url !== url || !this.isOn) return;
    const reply = await this.send(url, body, signedHeaders(this.world.application.privateKey, body));
    // Nothing else says that the event was taken: "respond with a 204 status code" (events/webhook-events).
    if (reply?.status === 204 || this.aborter.signal.aborted || this.url !== url) return;
    const left = startedAt + this.retries().webhookGiveUpMs - Date.now();
    if (left > 0) this.later(() => void this.deliver(delivery, pause * 2), Math.min(pause, left));
    else this.giveUp();
  }

  private giveUp(): void {
    this.world.application.webhookEventsStatus = 3;
    this.world.changed();
  }

  private later(callback: () => void, milliseconds: number): void {
    if (this.aborter.signal.aborted) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      callback();
    }, milliseconds);
    timer.unref();
    this.timers.add(timer);
  }

  /** The answer, null when there is none in time. A redirect is an answer, and followed nowhere. */
  private async send(url: string, body: string, signature: Record<string, string>): Promise<Reply | null> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Discord-Webhook/1.0 (+https://discord.com)',
          ...signature,
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.aborter.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      await response.arrayBuffer();
      return { status: response.status, hasType: response.headers.has('content-type') };
    } catch {
      return null;
    }
  }
}

function problemOf(ping: Reply | null, badSignature: Reply | null): string | null {
  if (ping === null) return 'Nobody answered the PING within three seconds.';
  if (ping.status !== 204) return `The PING has to be answered with 204, and was with ${ping.status}.`;
  if (!ping.hasType) return 'The answer to the PING has to have a Content-Type, although it has no body.';
  if (badSignature?.status === 401) return null;
  const found = badSignature?.status ?? 'nothing';
  return `A request with a wrong signature has to be answered with 401, and was with ${found}.`;
}
