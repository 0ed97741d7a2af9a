import { Client } from 'pg';
import { createTestDatabase, testDatabase } from '../support/test-database';

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('a test database', () => {
  it('is a clone of the template, which is prepared once however many ask at the same time', async () => {
    const prepare = jest.fn(async (url: string) => {
      await query(url, 'CREATE TABLE course AS SELECT 1 AS id');
    });
    const databases = await Promise.all([1, 2, 3, 4].map(() => testDatabase(prepare, 'prepared_once')));
    expect(prepare).toHaveBeenCalledTimes(1);
    await query(databases[0]!.url, 'DELETE FROM course');
    expect(await query(databases[1]!.url, 'TABLE course')).toEqual([{ id: 1 }]);
    await Promise.all(databases.map((database) => database.drop()));
  });

  it('builds the template anew after a prepare that failed', async () => {
    const failing = () => Promise.reject(new Error('a migration failed'));
    await expect(testDatabase(failing, 'fails_once')).rejects.toThrow('a migration failed');
    const database = await testDatabase(() => Promise.resolve(), 'fails_once');
    expect(await query(database.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.drop();
  });

  it('is dropped even while somebody is connected', async () => {
    const database = await createTestDatabase();
    const client = new Client(database.url);
    client.on('error', () => undefined);
    await client.connect();
    await database.drop();
    await expect(query(database.url, 'SELECT')).rejects.toThrow(/does not exist/);
  });
});
