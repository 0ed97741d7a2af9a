import { randomUUID } from 'node:crypto';
import { TokenVault } from '../../src/auth/token-vault';
import { type EncryptionKey } from '../../src/config/config';
import { Receiver } from './support/receiver';
import { eventually, Service } from './support/service';

const PATIENCE = 40_000;
const FORMER: EncryptionKey = { id: 'former', key: new Uint8Array(32).fill(3) };
const LIST = '{ webhookEndpoints { pending delivered lastError } }';

it('an endpoint whose secret no key opens any more is told so, waits, and is served once the key is back', async () => {
  const service = await Service.start({ config: { roles: new Set(['api', 'worker']) } });
  const receiver = await Receiver.start();
  try {
    const admin = await service.token(await service.createUser('Amira', 'admin'), 'admin');
    const id = randomUUID();
    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
    await service.sql(
      'INSERT INTO discord_webhook_endpoints (id, url, secret, created_by, log_seq) VALUES ($1, $2, $3, $1, 0)',
      [id, receiver.url, await new TokenVault({ encryptionKeys: [FORMER] }).encrypt(id, secret)],
    );
    await service.sql(
      `INSERT INTO discord_integration_logs (action, status, membership_id, new_status, reason)
       VALUES ('add', 'success', $1, 'joined', 'ADDED')`,
      [randomUUID()],
    );
    await eventually(
      async () =>
        expect(await service.query(admin, LIST)).toEqual({
          webhookEndpoints: [
            {
              pending: 1,
              delivered: 0,
              lastError:
                'The secret of this endpoint cannot be decrypted: put its key back into ENCRYPTION_KEYS, or replace it by setWebhookEndpoint(newSecret: true).',
            },
          ],
        }),
      PATIENCE,
    );
    expect(receiver.received).toEqual([]);

    await service.down();
    await service.up({ config: { encryptionKeys: [...service.config.encryptionKeys, FORMER] } });
    await service.sql('UPDATE discord_webhook_deliveries SET due_at = now()');
    await eventually(
      async () =>
        expect(await service.query(admin, LIST)).toMatchObject({ webhookEndpoints: [{ pending: 0, delivered: 1 }] }),
      PATIENCE,
    );
    expect(receiver.received).toHaveLength(1);
  } finally {
    await service.close();
    await receiver.close();
  }
}, 120_000);
