import { type IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config } from '../config/config';

const NAMES = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/** Whether a delivery was sent by the platform, by Standard Webhooks (https://www.standardwebhooks.com). */
@Injectable()
export class PlatformSignature {
  private readonly webhooks: readonly Webhook[];

  constructor(@Inject(CONFIG) config: Config) {
    this.webhooks = config.webhooks.secrets.map((secret) => new Webhook(secret));
  }

  /**
   * @returns the delivery's id
   * @throws DomainError UNAUTHENTICATED when a header is missing, the time is more than five minutes from now, or no secret
   *   gives this signature.
   */
  verify(headers: IncomingHttpHeaders, body: string): string {
    if (this.webhooks.length === 0) {
      throw new DomainError('UNAUTHENTICATED', 'No secret is configured here. Set WEBHOOK_SECRETS, and sign with it.');
    }
    const [id = '', timestamp = '', signature = ''] = NAMES.map((name) => [headers[name]].flat().join());
    if (id === '' || timestamp === '' || signature === '') {
      throw new DomainError('UNAUTHENTICATED', `Sign the request: the headers ${NAMES.join(', ')} are needed.`);
    }
    const signed = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
    const problems = this.webhooks.map((webhook) => problemOf(webhook, body, signed));
    if (problems.some((problem) => problem === null)) return id;
    throw new DomainError(
      'UNAUTHENTICATED',
      problems.some((problem) => /timestamp/i.test(problem ?? ''))
        ? 'webhook-timestamp must be the time of sending in seconds since 1970, at most five minutes from now. Sign again.'
        : 'webhook-signature fits neither the body nor any of the secrets in WEBHOOK_SECRETS.',
    );
  }
}

function problemOf(webhook: Webhook, body: string, headers: Record<string, string>): string | null {
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return null;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error.message;
    throw error;
  }
}
