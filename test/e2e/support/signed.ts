import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { type Service } from './service';

export interface Reply {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** What the platform may do otherwise than it should. */
export interface Delivery {
  readonly id?: string;
  readonly at?: Date;
  readonly secret?: string;
  readonly headers?: Record<string, string>;
  /** Sent instead of what was signed. */
  readonly sent?: string;
}

export const CURRENT_SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
export const FORMER_SECRET = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;

/** Posts events as the platform does, signed by Standard Webhooks. */
export async function deliver(service: Service, events: unknown, delivery: Delivery = {}): Promise<Reply> {
  const { id = `msg_${randomUUID()}`, at = new Date(), secret = CURRENT_SECRET, headers, sent } = delivery;
  const body = typeof events === 'string' ? events : JSON.stringify(events);
  const response = await fetch(`${service.url}/api/discord/enrollment-changed`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
      ...headers,
    },
    body: sent ?? body,
  });
  const text = await response.text();
  const type = response.headers.get('content-type');
  return { status: response.status, type, text, body: (text === '' ? {} : JSON.parse(text)) as Reply['body'] };
}
