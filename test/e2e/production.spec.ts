import { overSocket } from './support/operations';
import { Service } from './support/service';

const SCHEMA = '{ __schema { types { name } } }';
const MISSPELT = '{ viewer { i } }';
const SET = 'mutation ($url: String!) { setWebhookEndpoint(url: $url) { endpoint { url } } }';
const PRIVATE = 'https://10.0.0.1/hooks';

/** The program itself, with nothing set but what it cannot do without. */
describe('in production', () => {
  let service: Service;
  let admin: string;

  beforeAll(async () => {
    service = await Service.start({ started: false });
    admin = await service.token(await service.createUser('Amira', 'admin'), 'admin');
  });
  afterEach(() => service.down());
  afterAll(() => service.close());

  /** How many types the schema is said to have, or the code of the refusal. */
  const told = async (over: 'HTTP' | 'WebSocket') => {
    const { data, errors } = await (over === 'HTTP'
      ? service.graphql<{ __schema: { types: object[] } }>(admin, SCHEMA)
      : overSocket<{ __schema: { types: object[] } }>(service, admin, SCHEMA));
    return errors?.[0]?.extensions.code ?? data?.__schema.types.length;
  };
  const page = async () => (await fetch(`${service.url}/graphql`, { headers: { accept: 'text/html' } })).text();

  it('nobody is told the schema, nor shown a form to try it, and webhooks go to the public internet alone', async () => {
    await service.upInProduction({});
    for (const over of ['HTTP', 'WebSocket'] as const) {
      expect({ over, told: await told(over) }).toEqual({ over, told: 'GRAPHQL_VALIDATION_FAILED' });
    }
    const misspelt = [await service.graphql(admin, MISSPELT), await overSocket(service, admin, MISSPELT)].map(
      ({ errors }) => errors?.[0]?.message,
    );
    expect(misspelt).toEqual(['Cannot query field "i" on type "Viewer".', 'Cannot query field "i" on type "Viewer".']);
    expect(await page()).not.toContain('<form');
    expect(await service.refusal(admin, SET, { url: PRIVATE })).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('may not be used') as string,
    });
  }, 60_000);

  it('all of that is there where it is configured', async () => {
    await service.upInProduction({ GRAPHQL_INTROSPECTION: '1', WEBHOOK_ALLOW_PRIVATE: '1' });
    for (const over of ['HTTP', 'WebSocket'] as const) expect(await told(over)).toBeGreaterThan(50);
    expect(await page()).toContain('<form');
    expect(await service.query(admin, SET, { url: PRIVATE })).toEqual({
      setWebhookEndpoint: { endpoint: { url: PRIVATE } },
    });
  }, 60_000);
});
