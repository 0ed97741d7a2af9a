import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';

/** A database of one test file's own. */
export interface TestDatabase {
  readonly url: string;
  /** Drops the database and ends every connection that is still open to it. */
  drop(): Promise<void>;
}

/** Held while a template is built. One for all templates, because the roles they create belong to the whole server. */
const TEMPLATE_LOCK = 7_302_602;

/**
 * A new database, cloned from the template that `prepare` fills on first use in a run. About 0.05 s, plus `prepare` once.
 *
 * @param prepare migrates the empty database at `url` and closes its connections; runs once per run and template
 * @param templateName names what `prepare` does, in at most 30 letters, digits and underscores
 */
export async function testDatabase(
  prepare: (url: string) => Promise<void>,
  templateName: string,
): Promise<TestDatabase> {
  const template = databaseName(templateName);
  await asSuperuser(async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 0) {
      // Gets its name only when complete: a prepare that failed, or was killed, leaves no half template behind.
      const building = escapeIdentifier(`${template}_building`);
      await client.query(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${building}`);
      await prepare(urlOf(`${template}_building`));
      await client.query(`ALTER DATABASE ${building} RENAME TO ${escapeIdentifier(template)}`);
    }
  });
  return createTestDatabase({ template });
}

/** A new database: empty, or a clone of the database `template`, to which nobody may be connected. */
export async function createTestDatabase({ template }: { template?: string } = {}): Promise<TestDatabase> {
  const name = databaseName(randomBytes(6).toString('hex'));
  const source = template === undefined ? '' : ` TEMPLATE ${escapeIdentifier(template)}`;
  await asSuperuser((client) => client.query(`CREATE DATABASE ${escapeIdentifier(name)}${source}`));
  return { url: urlOf(name), drop: () => dropDatabase(name) };
}

/** Drops every database that this run has left, templates too. */
export async function dropDatabasesOfThisRun(): Promise<void> {
  const { rows } = await asSuperuser((client) =>
    client.query<{ datname: string }>('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [
      databaseName(''),
    ]),
  );
  for (const { datname } of rows) {
    await dropDatabase(datname);
  }
}

async function dropDatabase(name: string): Promise<void> {
  await asSuperuser((client) => client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`));
}

/** The run's id keeps runs apart that share a server, so no run clones what another one's migrations made. */
function databaseName(suffix: string): string {
  return `test_${process.env['TEST_RUN_ID'] ?? 'run'}_${suffix}`;
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = database;
  return url.href;
}

function serverUrl(): string {
  const url = process.env['TEST_POSTGRES_URL'];
  if (!url) {
    throw new Error('TEST_POSTGRES_URL is not set: run the tests by Jest, whose global setup starts PostgreSQL.');
  }
  return url;
}

async function asSuperuser<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
