import { classroom } from '../test/e2e/support/service';
import { differ, DIFFERENCES, settledClass, syncInFull } from '../test/e2e/support/settled-class';
import { countStatements, onItsOwnStand, table } from './stand';

/**
 * What a full sync of N members with d differences costs: calls to Discord beside what they may be at most,
 * `ceil(N / 1000) + d + 3`, and statements to PostgreSQL. Run by `npm run bench:sync`.
 */
const SIZES = [1_000, 20_000];
const SHARE = 0.01;

void onItsOwnStand(
  async (service) => {
    const statements = countStatements();
    const rows: (string | number)[][] = [];
    let kept = true;
    for (const members of SIZES) {
      const room = await classroom(service, `A class of ${members}`);
      const students = await settledClass(service, room, members);
      await service.rest(60_000);

      const measure = async (what: string, differences: number): Promise<void> => {
        await service.discord.clearRequests();
        statements.count = 0;
        const run = await syncInFull(service, room, 300_000);
        const calls = (await service.discord.requests()).length;
        const atMost = Math.ceil(members / 1_000) + differences + 3;
        const changes = run.added + run.roleChanges + run.removed;
        kept &&= run.status === 'SUCCEEDED' && calls <= atMost && calls === run.apiCalls && changes === differences;
        rows.push([members, what, changes, calls, atMost, (calls / atMost).toFixed(2), statements.count]);
      };
      await measure('nothing', 0);
      const differences = members * SHARE;
      for (const kind of DIFFERENCES) {
        await differ(service, room, kind, students.splice(0, differences), differences);
        await measure(kind, differences);
      }
    }
    console.log(table(['members', 'what differs', 'changes', 'calls', 'at most', 'ratio', 'statements'], rows));
    return kept;
  },
  { config: { roles: new Set(['api', 'worker']) } },
);
