import { isLostConnection } from '../../src/database/lost-connection';
import { migratedDatabase, type MigratedDatabase } from '../support/migrated-database';
import { SilentNetwork } from '../support/silent-network';
import { caller, entry, type LogProcess, numbersOf, startLogProcess, take } from './log-app';

/** Connections to the database go without a word: nothing says that what was asked will never be answered. */
describe('when connections fall silent', () => {
  const admin = caller('00000000-0000-4000-8000-000000000001', 'ADMIN');
  let database: MigratedDatabase;
  let network: SilentNetwork;
  let process: LogProcess;
  let writer: LogProcess;

  beforeAll(async () => {
    database = await migratedDatabase();
    network = await SilentNetwork.to(database.url);
    const { ownerUrl, directUrl, apiUrl, writerUrl, workerUrl } = database.logins;
    const by = (url: string) => network.by(url);
    const logins = {
      ownerUrl: by(ownerUrl),
      directUrl: by(directUrl),
      apiUrl: by(apiUrl),
      writerUrl: by(writerUrl),
      workerUrl: by(workerUrl),
    };
    process = await startLogProcess({ ...database, logins });
    writer = await startLogProcess(database);
  }, 60_000);
  afterAll(async () => {
    await process.stop();
    await writer.stop();
    await network.close();
    await database.drop();
  });

  it('whoever follows the log misses nothing, and goes on long before a minute is over', async () => {
    const stream = process.tail.follow({ after: '0', caller: admin, visible: () => true });
    await writer.append(entry(1));
    expect((await stream.next()).value).toMatchObject({ details: { number: 1 } });
    expect(network.fallSilent()).toBeGreaterThan(1);
    await writer.append(entry(2), entry(3));
    expect(numbersOf(await take(stream, 2))).toEqual([2, 3]);
  }, 50_000);

  it('a request fails, and the next one is not sent by the same connection', async () => {
    const ask = () => process.database.readAs(admin, (manager) => manager.query<object[]>('SELECT 1 AS one'));
    expect(await ask()).toEqual([{ one: 1 }]);
    network.fallSilent();
    expect(isLostConnection(await ask().catch((error: unknown) => error))).toBe(true);
    expect(await ask()).toEqual([{ one: 1 }]);
  }, 50_000);
});
