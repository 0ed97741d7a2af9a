import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { AppModule } from '../src/app.module';
import { type Config } from '../src/config/config';
import { printSchemaOf } from '../src/graphql/print-schema';
import { migrate } from '../src/database/migrate';
import { compareWithContract, withoutDescription } from './support/schema-contract';
import { dumpSchema } from './support/schema-dump';
import { createTestDatabase } from './support/test-database';

/**
 * What the contract promises and the service does not have yet. It only ever becomes shorter: whoever adds an element
 * takes it off this list, and nothing is ever put on it.
 */
const ABSENT: string[] = [];

type Resolver = new (...dependencies: never[]) => unknown;

/** The resolvers among a module's providers: what the running service would build its schema from. */
function resolversOf(module: object): Resolver[] {
  const providers = (Reflect.getMetadata('providers', module) ?? []) as unknown[];
  return providers.filter(
    (provider): provider is Resolver =>
      typeof provider === 'function' && Reflect.hasMetadata('graphql:resolver_type', provider),
  );
}

/** Compares with the committed file; `UPDATE_SCHEMA=1` writes it instead. */
function expectCommitted(file: string, text: string): void {
  const path = join(__dirname, '..', file);
  if (process.env['UPDATE_SCHEMA']) writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
}

describe('what is committed of the schemas is what the code makes (npm run schema writes it)', () => {
  it('schema.gql', async () => {
    // All that the service runs, so that no module can be forgotten here.
    const { imports = [] } = AppModule.forRoot({ roles: new Set() } as unknown as Config);
    const modules = imports.filter((module) => typeof module === 'function');
    const schema = await printSchemaOf(modules.flatMap(resolversOf));
    for (const [name, field] of [
      ['Mutation', 'setEnrollment'],
      ['Subscription', 'membershipChanged'],
    ])
      expect(schema).toMatch(new RegExp(`type ${name} \\{[^}]*\\n  ${field}\\(`));
    expectCommitted('schema.gql', schema);
  });

  it('migrations/schema.sql', async () => {
    const database = await createTestDatabase();
    try {
      const run = await migrate(database.url, { enrollmentActiveStatuses: ['active', 'completed'] });
      expect(run.length).toBeGreaterThan(0);
      // A second time there is nothing left to do, and nothing changes.
      expect(await migrate(database.url, { enrollmentActiveStatuses: ['active', 'completed'] })).toEqual([]);
      expectCommitted('migrations/schema.sql', await dumpSchema(database.url));
    } finally {
      await database.drop();
    }
  });
});

describe('the schema that is committed', () => {
  const read = (file: string) => buildSchema(readFileSync(join(__dirname, file), 'utf8'));
  const schema = read('../schema.gql');
  const { absent, different, demanded } = compareWithContract(schema, read('contract.graphql'));

  it('has every type, field, argument and value of the contract, except those that are known to be absent', () => {
    expect(absent).toEqual(ABSENT);
  });

  it('has them with the same types, nullability and defaults', () => {
    expect(different).toEqual([]);
  });

  it('demands nothing that the contract does not know', () => {
    expect(demanded).toEqual([]);
  });

  it('says of every element what it is', () => {
    expect(withoutDescription(schema)).toEqual([]);
  });
});
