import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { type LogRow } from '../audit-log/log-row';
import { TokenVault, UnreadableToken } from '../auth/token-vault';
import { CONFIG, type Config } from '../config/config';
import { NotDelivered, OutboundPost } from './outbound-post';
import { type Claim, type OpenEndpoint, PAGE, WebhookDeliveries } from './webhook-deliveries';

/** How often there is looked for something to tell, milliseconds. */
const EVERY = 1_000;
const TIDY_EVERY = 3_600_000;
/** Calls to one endpoint at once. */
const AT_ONCE = 4;

/**
 * Tells the endpoints of changes. Not a job of the queue, whose slots are for Discord: an endpoint that takes ten
 * seconds for each answer would fill them. Each endpoint is served by itself, so none waits for another.
 */
@Injectable()
export class WebhookDispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookDispatcher.name);
  private readonly serving = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private timers: NodeJS.Timeout[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly deliveries: WebhookDeliveries,
    private readonly outbound: OutboundPost,
    private readonly vault: TokenVault,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.roles.has('worker')) return;
    this.timers = [
      setInterval(() => void this.attend(() => this.look()), EVERY).unref(),
      setInterval(() => void this.attend(() => this.deliveries.tidy()), TIDY_EVERY).unref(),
    ];
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.stopping.abort();
    await Promise.all(this.serving.values());
  }

  private async look(): Promise<void> {
    for (const endpoint of await this.deliveries.openEndpoints()) {
      if (this.serving.has(endpoint.id) || this.stopping.signal.aborted) continue;
      const served = this.attend(() => this.serve(endpoint)).finally(() => this.serving.delete(endpoint.id));
      this.serving.set(endpoint.id, served);
    }
  }

  /** What fails here (the database is away) is tried again a second later. */
  private async attend(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) =>
      this.logger.warn(`Webhooks could not be attended to: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  /** Until nothing is due. */
  private async serve(endpoint: OpenEndpoint): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const entries = await this.deliveries.queueNext(endpoint.id);
      const claims = await this.deliveries.claim(endpoint.id, AT_ONCE);
      if (claims.length === 0 && entries < PAGE) return;
      const rows = await this.deliveries.entries(claims);
      await Promise.all(claims.map((claim) => this.send(endpoint, claim, rows.get(claim.seq))));
    }
  }

  private async send(endpoint: OpenEndpoint, claim: Claim, entry: LogRow | undefined): Promise<void> {
    try {
      if (!entry) throw new NotDelivered('The entry of the log is gone.');
      const body = JSON.stringify(eventOf(entry));
      const now = new Date();
      const signer = new Webhook(await this.secretOf(endpoint));
      await this.outbound.post(
        endpoint.url,
        {
          'content-type': 'application/json',
          'user-agent': 'Anycademy-Discord',
          // The same at each attempt: by it the receiver knows a repeat.
          'webhook-id': claim.id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
          'webhook-signature': signer.sign(claim.id, now, body),
        },
        body,
        this.stopping.signal,
      );
      await this.deliveries.delivered(claim, endpoint.id);
    } catch (error) {
      if (error instanceof NotDelivered) await this.deliveries.failed(claim, endpoint.id, error.message);
      else {
        await this.deliveries.giveBack(claim);
        throw error;
      }
    }
  }

  /** @throws NotDelivered when no key opens it: that is not mended by trying again in a second. */
  private async secretOf({ id, secret }: OpenEndpoint): Promise<string> {
    try {
      return await this.vault.decrypt(id, secret);
    } catch (error) {
      if (!(error instanceof UnreadableToken)) throw error;
      throw new NotDelivered(
        'The secret of this endpoint cannot be decrypted: put its key back into ENCRYPTION_KEYS, or replace it by setWebhookEndpoint(newSecret: true).',
      );
    }
  }
}

/** A change as it is told outside: of a membership, or that a course's server became well or ill. */
function eventOf(entry: LogRow): Record<string, unknown> {
  const { seq, membershipId, userId, courseId, guildId, newStatus, previousStatus, reason, actorId } = entry;
  const timestamp = entry.createdAt.toISOString();
  if (membershipId === null) {
    const data = { seq, courseId, guildId, healthy: entry.status === 'success', message: entry.errorMessage };
    return { type: 'server.health_changed', timestamp, data };
  }
  return {
    type: 'membership.changed',
    timestamp,
    data: { seq, membershipId, userId, courseId, guildId, status: newStatus, previousStatus, reason, actorId },
  };
}
