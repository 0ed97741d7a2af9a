import { randomUUID } from 'node:crypto';
import { INTERNALS } from './support/internals';
import { overSocket } from './support/operations';
import { type Child } from './support/child-process';
import { eventually, Service } from './support/service';

const MEMBERSHIPS = '{ viewer { id memberships { nodes { id } } } }';
const CHANGES = 'subscription { membershipChanged { seq membership { id } } }';

/** Something breaks in the middle of a request: here a table that is suddenly gone. */
describe('a failure that nobody expected', () => {
  let service: Service;
  let child: Child;
  let token: string;
  let adminToken: string;

  beforeAll(async () => {
    service = await Service.start({ started: false, config: { roles: new Set(['api']), logLevel: 'error' } });
    child = await service.upAsProcess();
    token = await service.token(await service.createUser('Ayu Wulandari'));
    adminToken = await service.token(await service.createUser('Made', 'admin'), 'admin');
  }, 60_000);
  afterAll(() => service.close());

  async function without<Result>(table: string, work: () => Promise<Result>): Promise<Result> {
    await service.sql(`ALTER TABLE ${table} RENAME TO ${table}_gone`);
    try {
      return await work();
    } finally {
      await service.sql(`ALTER TABLE ${table}_gone RENAME TO ${table}`);
    }
  }

  /** The answer tells an id and nothing else; under that id the log has the cause. */
  async function tellsNothing(answer: unknown, correlationId: unknown, table: string): Promise<void> {
    expect(JSON.stringify(answer)).not.toMatch(INTERNALS);
    expect(JSON.stringify(answer)).not.toContain(table);
    expect(correlationId).toMatch(/^[\w-]{8,64}$/);
    await eventually(() => {
      const line = child.output
        .split('\n')
        .find((text) => text.includes(String(correlationId)) && text.includes('err'));
      expect(line).toContain(`relation \\"${table}\\" does not exist`);
      return Promise.resolve();
    });
  }

  it('is an id over GraphQL', async () => {
    const { errors = [] } = await without('discord_memberships', () => service.graphql(token, MEMBERSHIPS));
    expect(errors).toHaveLength(1);
    const { correlationId, ...others } = errors[0]!.extensions as Record<string, unknown>;
    expect(others).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
    await tellsNothing(errors, correlationId, 'discord_memberships');
  });

  it('is an id over WebSocket, and the connection stays', async () => {
    const { errors = [] } = await without('discord_memberships', () => overSocket(service, token, MEMBERSHIPS));
    expect(errors[0]).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR' } });
    await tellsNothing(errors, errors[0]!.extensions['correlationId'], 'discord_memberships');
    expect((await overSocket(service, token, MEMBERSHIPS)).errors).toBeUndefined();
  });

  it('is an id in the event of a subscription, which goes on', async () => {
    const events = service.subscribe<{ membershipChanged: { seq: string } }>(adminToken, CHANGES);
    const change = () =>
      service.sql(
        `INSERT INTO discord_integration_logs (action, status, membership_id, new_status, reason)
         VALUES ('add', 'success', $1, 'joined', 'ADDED')`,
        [randomUUID()],
      );
    const next = async (count: number) =>
      eventually(async () => {
        await change();
        expect(events.errors.length).toBeGreaterThanOrEqual(count);
      }, 20_000);
    await without('discord_memberships', () => next(1));
    const [error] = events.errors as { extensions: Record<string, unknown> }[];
    expect(error).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR' } });
    await tellsNothing(events.errors, error!.extensions['correlationId'], 'discord_memberships');
    // The table is there again: the next event tells what is so, that there is no such membership.
    await eventually(async () => {
      await change();
      expect(events.errors.at(-1)).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    }, 20_000);
    await events.close();
  });

  it('is a problem document with an id over REST', async () => {
    const response = await without('discord_link_states', () =>
      fetch(`${service.url}/auth/discord`, { redirect: 'manual', headers: { authorization: `Bearer ${token}` } }),
    );
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', title: 'Something went wrong' });
    await tellsNothing(body, body['correlationId'], 'discord_link_states');
  });

  it('is an id on the page that a browser sees', async () => {
    const cookies = await service.graphql(token, 'mutation { startDiscordLink { state } }');
    const { state } = (cookies.data as { startDiscordLink: { state: string } }).startDiscordLink;
    const response = await without('discord_link_states', () =>
      fetch(`${service.url}/auth/discord/callback?code=x&state=${state}`, {
        redirect: 'manual',
        headers: { cookie: 'anycademy_link=x' },
      }),
    );
    const page = await response.text();
    expect(response.status).toBe(500);
    await tellsNothing(page, /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(page)?.[0], 'discord_link_states');
  });
});
