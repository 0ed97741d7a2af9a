import { WorkerPool } from '../../src/jobs/worker-pool';
import { migratedDatabase } from '../support/migrated-database';

it('takes a connection back once, however often it is given back', async () => {
  const database = await migratedDatabase();
  const pool = new WorkerPool(database.url, 1);
  try {
    await new Promise<void>((resolve, reject) =>
      pool.connect((error, _client, done) => {
        if (error) reject(error);
        done();
        done();
        resolve();
      }),
    );
    // It is there for the next one, and there is one of it.
    const { rows } = await pool.query<{ one: number }>('SELECT 1 AS one');
    expect(rows).toEqual([{ one: 1 }]);
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
    await pool.end();
    // Neither is it an error to give back what an ended pool never handed over.
    await new Promise<void>((resolve) =>
      pool.connect((error, _client, done) => {
        expect(error?.message).toContain('after calling end');
        done();
        resolve();
      }),
    );
  } finally {
    await database.drop();
  }
});
