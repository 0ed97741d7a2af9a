import { appendFileSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { commands, commandsIn } from './commands';
import { History } from './history';
import { COURSES, STUDENTS, World } from './world';

/** So many histories at least, and as many more as are told within this time, milliseconds. */
const LEAST = 100;
const BUDGET = 180_000;
/** What `npm test` tells is the same each time; `npm run test:model` looks for what nobody has thought of. */
const SEED = 20_261_123;
/** `npm run test:model -- --runs=N --seed=S --path=P --replay=R --all=FILE --tell=FILE`; see run.js. */
const { MODEL_RUNS, MODEL_SEED, MODEL_PATH, MODEL_REPLAY, MODEL_ALL, MODEL_TELL } = process.env;

interface Start {
  readonly enrolled: readonly boolean[];
  readonly settled: boolean;
}

const START: fc.Arbitrary<Start> = fc.record({
  enrolled: fc.array(fc.boolean(), { minLength: STUDENTS * COURSES, maxLength: STUDENTS * COURSES }),
  settled: fc.boolean(),
});

describe('whatever happens, and whatever breaks', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.start();
  }, 60_000);
  afterAll(() => world.close());

  it(
    'ends with everybody where they belong, and nobody wrongly removed',
    async () => {
      if (MODEL_TELL !== undefined) {
        for (const [start, line] of histories(readFileSync(MODEL_TELL, 'utf8'))) {
          const real = await History.begin(world, start);
          for (const command of commandsIn(line)) await command.run({}, real);
          await real.end();
        }
        return;
      }
      const chosen = MODEL_RUNS === undefined ? SEED : Math.floor(Math.random() * 2 ** 31);
      const seed = Number(MODEL_SEED ?? chosen);
      const startedAt = Date.now();
      let count = 0;
      let told = 0;
      const property = fc.asyncProperty(START, commands(MODEL_REPLAY), async (start, history) => {
        const real = await History.begin(world, start);
        try {
          await fc.asyncModelRun(() => ({ model: {}, real }), history);
          await real.end();
        } catch (error) {
          // To find several at once: every failure goes to a file, as it is, and the telling goes on.
          if (MODEL_ALL === undefined) throw error;
          appendFileSync(
            MODEL_ALL,
            `\n${JSON.stringify(start)}\n${Array.from(history, String).join(', ')}\n${(error as Error).stack ?? String(error)}\n`,
          );
        }
        count += 1;
        if (MODEL_RUNS !== undefined && count % 100 === 0)
          process.stdout.write(`${count} of ${MODEL_RUNS} histories\n`);
        told += [...history].length;
      });
      const check = async (parameters: object) => {
        const result = await fc.check(property, { includeErrorInReport: true, ...parameters });
        if (!result.failed) return;
        throw new Error(`${fc.defaultReportMessage(result) ?? ''}\n\n${again(result)}`);
      };

      if (MODEL_PATH !== undefined) await check({ seed, path: MODEL_PATH, numRuns: LEAST, endOnFailure: true });
      else if (MODEL_RUNS !== undefined) await check({ seed, numRuns: Number(MODEL_RUNS) });
      else {
        await check({ seed, numRuns: 100_000, interruptAfterTimeLimit: BUDGET, markInterruptAsFailure: false });
        if (count < LEAST) await check({ seed: seed + 1, numRuns: LEAST - count });
      }
      const seconds = Math.round((Date.now() - startedAt) / 1_000);
      process.stdout.write(`model: ${count} histories of ${told} commands in ${seconds} s, seed ${seed}\n`);
    },
    24 * 3_600_000,
  );
});

/** The histories of a file that `--all` has written, or of one like it: a line of how it begins, and a line of commands. */
function histories(text: string): [Start, string][] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) =>
    line.startsWith('{"enrolled"') ? [[JSON.parse(line) as Start, lines[at + 1] ?? '']] : [],
  );
}

/** The command line that tells the failing history again, and nothing before it. */
function again(result: {
  readonly seed: number;
  readonly counterexamplePath: string | null;
  readonly counterexample: unknown;
}): string {
  const replay = /replayPath="([^"]*)"/.exec(fc.stringify(result.counterexample))?.[1] ?? '';
  return `Again: npm run test:model -- --seed=${result.seed} --path=${result.counterexamplePath ?? ''} --replay=${replay}`;
}
