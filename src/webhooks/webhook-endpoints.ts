import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log';
import { TokenVault } from '../auth/token-vault';
import { type Caller, seesEverything } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config } from '../config/config';
import { Database } from '../database/database';
import { problemOfUrl } from './public-address.policy';

const LONGEST_URL = 2_000;

export interface EndpointRow {
  readonly id: string;
  readonly url: string;
  readonly active: boolean;
  readonly pending: number;
  readonly delivered: number;
  readonly failed: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
}

export interface DeliveryRow {
  readonly id: string;
  readonly endpointId: string;
  readonly seq: string;
  readonly membershipId: string | null;
  readonly status: string;
  readonly attempts: number;
  readonly dueAt: Date;
  readonly finishedAt: Date | null;
  readonly lastError: string | null;
}

const ENDPOINT = `SELECT e.id, e.url, e.is_active AS active, e.created_at AS "createdAt",
  count(d.id) FILTER (WHERE d.status = 'pending')::int AS pending,
  count(d.id) FILTER (WHERE d.status = 'delivered')::int AS delivered,
  count(d.id) FILTER (WHERE d.status = 'failed')::int AS failed,
  (array_agg(d.last_error ORDER BY d.seq DESC) FILTER (WHERE d.last_error IS NOT NULL))[1] AS "lastError"
  FROM discord_webhook_endpoints e LEFT JOIN discord_webhook_deliveries d ON d.endpoint_id = e.id`;

/** Where events are told, as admins set it up. */
@Injectable()
export class WebhookEndpoints {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly vault: TokenVault,
    private readonly log: AuditLog,
  ) {}

  list(caller: Caller): Promise<EndpointRow[]> {
    return this.database.readAs(caller, (manager) =>
      manager.query<EndpointRow[]>(`${ENDPOINT} GROUP BY e.id ORDER BY e.created_at, e.id`),
    );
  }

  /** The latest `first` of each endpoint, the latest first. @throws DomainError BAD_USER_INPUT */
  async deliveriesOf(
    caller: Caller,
    endpointIds: readonly string[],
    status: string | null,
    first: number,
  ): Promise<DeliveryRow[]> {
    if (first < 1 || first > 200)
      throw new DomainError('BAD_USER_INPUT', `"first" must be between 1 and 200; it was ${first}.`);
    return this.database.readAs(caller, (manager) =>
      manager.query<DeliveryRow[]>(
        `SELECT d.id, d.endpoint_id AS "endpointId", d.seq, d.membership_id AS "membershipId", d.status, d.attempts,
           d.due_at AS "dueAt", d.finished_at AS "finishedAt", d.last_error AS "lastError"
         FROM unnest($1::uuid[]) e(id), LATERAL (
           SELECT * FROM discord_webhook_deliveries d WHERE d.endpoint_id = e.id AND ($2::text IS NULL OR d.status = $2)
           ORDER BY d.seq DESC LIMIT $3) d
         ORDER BY d.seq DESC`,
        [endpointIds, status, first],
      ),
    );
  }

  /**
   * Adds an endpoint, which is told of everything from now on; with an id, changes that one.
   * @returns its secret if it is new: it is shown this once
   * @throws DomainError FORBIDDEN; BAD_USER_INPUT for a URL that may not be used, CONFLICT for one that is there already, NOT_FOUND.
   */
  async set(
    caller: Caller,
    wanted: { readonly id: string | null; readonly url: string; readonly active: boolean; readonly newSecret: boolean },
  ): Promise<{ readonly endpoint: EndpointRow; readonly secret: string | null }> {
    requireAdmin(caller);
    const { url, active } = wanted;
    const problem = url.length > LONGEST_URL ? 'It is too long.' : problemOfUrl(url, this.config.webhooks.allowPrivate);
    if (problem !== null) throw new DomainError('BAD_USER_INPUT', `The URL may not be used. ${problem}`);
    const id = wanted.id ?? randomUUID();
    const secret = wanted.id === null || wanted.newSecret ? `whsec_${randomBytes(32).toString('base64')}` : null;
    const encrypted = secret === null ? null : await this.vault.encrypt(id, secret);
    await this.database.write(async (manager) => {
      const [taken] = await manager.query<unknown[]>(
        'SELECT 1 FROM discord_webhook_endpoints WHERE url = $1 AND id <> $2',
        [url, id],
      );
      if (taken) throw new DomainError('CONFLICT', 'There is an endpoint with this URL already.');
      if (wanted.id === null) {
        await manager.query(
          `INSERT INTO discord_webhook_endpoints (id, url, secret, is_active, created_by, log_seq)
           SELECT $1, $2, $3, $4, $5, coalesce(max(seq), 0) FROM discord_log_sequence`,
          [id, url, encrypted, active, caller.userId],
        );
      } else {
        const [, changed] = await manager.query<[unknown[], number]>(
          `UPDATE discord_webhook_endpoints SET url = $2, secret = coalesce($3, secret), is_active = $4, failures = 0,
             rest_until = NULL, updated_at = now() WHERE id = $1`,
          [id, url, encrypted, active],
        );
        if (changed === 0) throw unknown();
      }
      await this.tell(manager, caller, wanted.id === null ? 'config_create' : 'config_update', id);
    });
    const endpoint = (await this.list(caller)).find((row) => row.id === id);
    if (!endpoint) throw unknown();
    return { endpoint, secret };
  }

  /** With everything that waits for it. @throws DomainError FORBIDDEN, NOT_FOUND */
  async delete(caller: Caller, id: string): Promise<void> {
    requireAdmin(caller);
    await this.database.write(async (manager) => {
      const [, deleted] = await manager.query<[unknown[], number]>(
        'DELETE FROM discord_webhook_endpoints WHERE id = $1',
        [id],
      );
      if (deleted === 0) throw unknown();
      await this.tell(manager, caller, 'config_delete', id);
    });
  }

  /** Tells again what was given up, these or all of it. @returns how many @throws DomainError FORBIDDEN, NOT_FOUND */
  async redeliver(caller: Caller, id: string, only: readonly string[] | null): Promise<number> {
    requireAdmin(caller);
    return this.database.write(async (manager) => {
      const [, redelivered] = await manager.query<[unknown[], number]>(
        `UPDATE discord_webhook_deliveries SET status = 'pending', attempts = 0, due_at = now(), queued_at = now(), finished_at = NULL,
           claimed_until = NULL WHERE endpoint_id = $1 AND status = 'failed' AND ($2::uuid[] IS NULL OR id = ANY($2))`,
        [id, only],
      );
      const [, found] = await manager.query<[unknown[], number]>(
        'UPDATE discord_webhook_endpoints SET failures = 0, rest_until = NULL WHERE id = $1',
        [id],
      );
      if (found === 0) throw unknown();
      await this.tell(manager, caller, 'config_update', id, { redelivered });
      return redelivered;
    });
  }

  /** Without the URL, in which a secret may stand. */
  private tell(
    manager: EntityManager,
    caller: Caller,
    action: 'config_create' | 'config_update' | 'config_delete',
    webhookEndpointId: string,
    more: Record<string, unknown> = {},
  ): Promise<void> {
    return this.log.append(manager, [{ action, actorId: caller.userId, details: { webhookEndpointId, ...more } }]);
  }
}

/** Who reads is asked by the database; what is written is asked here. */
function requireAdmin(caller: Caller): void {
  if (!seesEverything(caller)) throw new DomainError('FORBIDDEN', 'Webhook endpoints are for admins.');
}

function unknown(): DomainError {
  return new DomainError('NOT_FOUND', 'There is no such webhook endpoint.');
}
