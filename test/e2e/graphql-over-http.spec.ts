import { createHash } from 'node:crypto';
import { serverAudits } from 'graphql-http';
import { Service } from './support/service';

/** Audits that "MAY" be met, and are not: a GET that a foreign page could make a browser send is refused. */
const REFUSED_ON_PURPOSE = ['5A70', 'D6D5', '6A70'];

describe('GraphQL over HTTP', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set(['api']) } });
  }, 30_000);
  afterAll(() => service.close());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  describe('as the audits of its specification ask:', () => {
    const audits = serverAudits({ url: () => `${service.url}/graphql` });

    it.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_name, audit) => {
      const result = await audit.fn();
      const reason = 'reason' in result ? result.reason : undefined;
      const expected = REFUSED_ON_PURPOSE.includes(audit.id) ? 'notice' : 'ok';
      expect({ status: result.status, reason: expected === 'ok' ? reason : undefined }).toEqual({
        status: expected,
        reason: undefined,
      });
    });

    it('which are more than fifty', () => expect(audits.length).toBeGreaterThan(50));
  });

  describe('refuses what a foreign page could make a browser send:', () => {
    const simple: [string, () => Promise<Response>][] = [
      ['a POST as text/plain', () => post({ query: '{ __typename }' }, { 'content-type': 'text/plain' })],
      ['a POST as a form', () => post('query={__typename}', { 'content-type': 'application/x-www-form-urlencoded' })],
      ['a query by GET', () => fetch(`${service.url}/graphql?query={__typename}`)],
    ];

    it.each(simple)('%s', async (_what, send) => {
      const response = await send();
      expect(response.status).toBe(400);
      const answer = (await response.json()) as { data?: unknown; errors: { message: string }[] };
      expect(answer.data).toBeUndefined();
      expect(answer.errors[0]?.message).toMatch(/Cross-Site Request Forgery/);
    });

    it('a subscription, which is served over WebSocket', async () => {
      const token = await service.token(await service.createUser('Budi Santoso'));
      const refusal = await service.refusal(token, 'subscription { auditLogAppended { id } }');
      expect(refusal).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/over WebSocket/) as string,
      });
    });

    it('a mutation by GET, also from a page that may send any header', async () => {
      const userId = await service.createUser('Ayu Wulandari');
      const response = await fetch(`${service.url}/graphql?query=mutation{unlinkDiscord}`, {
        headers: { authorization: `Bearer ${await service.token(userId)}`, 'apollo-require-preflight': 'yes' },
      });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
      expect(await response.json()).not.toHaveProperty('data');
    });
  });

  describe('persisted queries', () => {
    const persisted = (query: string) => ({
      persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
    });
    const ask = async (body: object) => (await (await post(body)).json()) as { data?: unknown; errors?: unknown[] };
    const UNKNOWN = { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] };

    it('are asked for by their hash, once somebody has sent their text', async () => {
      const query = '{ __typename } # asked for by its hash';
      const extensions = persisted(query);
      expect(await ask({ extensions })).toMatchObject(UNKNOWN);
      expect(await ask({ query, extensions })).toEqual({ data: { __typename: 'Query' } });
      expect(await ask({ extensions })).toEqual({ data: { __typename: 'Query' } });
    });

    it('are not taken under the hash of another one, nor when they are not right', async () => {
      const wrong = { query: '{ __typename }', extensions: persisted('{ viewer { id } }') };
      expect(await ask(wrong)).not.toHaveProperty('data');
      expect(await ask({ extensions: wrong.extensions })).toMatchObject(UNKNOWN);
      expect(await ask({ query: '{ __typename }', extensions: { persistedQuery: { version: 2 } } })).toMatchObject({
        errors: [{ extensions: { code: 'BAD_REQUEST' } }],
      });
      const broken = '{ nothing }';
      expect(await ask({ query: broken, extensions: persisted(broken) })).not.toHaveProperty('data');
      expect(await ask({ extensions: persisted(broken) })).toMatchObject(UNKNOWN);
    });

    it('are forgotten, the oldest first, before a stranger could fill the memory with them', async () => {
      const large = (number: number) => `{ __typename } # ${number} ${'x'.repeat(900_000)}`;
      const register = (query: string) => ask({ query, extensions: persisted(query) });
      await register(large(0));
      expect(await ask({ extensions: persisted(large(0)) })).toHaveProperty('data');
      for (let number = 1; number <= 36; number += 1) await register(large(number));
      expect(await ask({ extensions: persisted(large(36)) })).toHaveProperty('data');
      expect(await ask({ extensions: persisted(large(0)) })).toMatchObject(UNKNOWN);
    });
  });
});
