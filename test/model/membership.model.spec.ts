import { appendFileSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { commands, commandsIn } from './commands';
import { History, type Start } from './history';
import { judge } from './last-judgement';
import { CONNECTED, COURSES, STUDENTS, World } from './world';

/** So many histories at least, and as many more as are told within this time, milliseconds. */
const LEAST = 100;
const BUDGET = 180_000;
/** For so long `npm test` looks for a shorter history that fails as well, milliseconds. */
const SHRINKING = 180_000;
/** What `npm test` tells is the same each time; `npm run test:model` looks for what nobody has thought of. */
const SEED = 20_261_123;
/** `npm run test:model -- --runs=N --seed=S --path=P --replay=R --all=FILE --tell=FILE`; see run.js. */
const { MODEL_RUNS, MODEL_SEED, MODEL_PATH, MODEL_REPLAY, MODEL_ALL, MODEL_TELL } = process.env;

const START: fc.Arbitrary<Start> = fc.record({
  enrolled: fc.array(fc.boolean(), { minLength: STUDENTS * COURSES, maxLength: STUDENTS * COURSES }),
  settled: fc.boolean(),
  settings: fc.array(
    fc.record({
      policy: fc.constantFrom('KICK', 'KICK', 'KICK', 'REMOVE_ROLE', 'KEEP'),
      grace: fc.constantFrom(0, 0, 0, 24),
    }),
    { minLength: CONNECTED, maxLength: CONNECTED },
  ),
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
          await judge(real);
        }
        return;
      }
      const chosen = MODEL_RUNS === undefined ? SEED : Math.floor(Math.random() * 2 ** 31);
      const seed = Number(MODEL_SEED ?? chosen);
      const isBounded = MODEL_RUNS === undefined && MODEL_PATH === undefined;
      const startedAt = Date.now();
      let count = 0;
      let told = 0;
      let failed = 0;
      let failedAt: number | null = null;
      const property = fc.asyncProperty(START, commands(MODEL_REPLAY), async (start, history) => {
        // Only ever between two histories: fast-check's own time limits would leave the one that is being told unfinished
        // (interruptAfterTimeLimit), or go on making histories that nobody tells (skipAllAfterTimeLimit).
        const isOver =
          failedAt === null ? count >= LEAST && Date.now() - startedAt > BUDGET : Date.now() - failedAt > SHRINKING;
        if (isBounded && isOver) throw new fc.PreconditionFailure(true);
        const real = await History.begin(world, start);
        try {
          await fc.asyncModelRun(() => ({ model: {}, real }), history);
          await real.end();
          await judge(real);
        } catch (error) {
          failed += 1;
          const account = `\n${JSON.stringify(start)}\n${Array.from(history, String).join(', ')}\n${(error as Error).stack ?? String(error)}\n`;
          if (MODEL_ALL === undefined) {
            // Before anything else: whoever stops the shrinking has the history all the same.
            if (failed === 1)
              process.stdout.write(`\nThis history fails, seed ${seed} (--tell=FILE tells it again):${account}`);
            failedAt ??= Date.now();
            throw error;
          }
          // To find several at once: every failure goes to a file, as it is, and the telling goes on.
          appendFileSync(MODEL_ALL, account);
        }
        if (failedAt !== null) return;
        count += 1;
        if (MODEL_RUNS !== undefined && count % 100 === 0)
          process.stdout.write(`${count} of ${MODEL_RUNS} histories\n`);
        told += [...history].length;
      });
      const numRuns = MODEL_PATH !== undefined ? LEAST : Number(MODEL_RUNS ?? 100_000);
      const result = await fc.check(property, {
        seed,
        numRuns,
        includeErrorInReport: true,
        ...(MODEL_PATH === undefined ? {} : { path: MODEL_PATH, endOnFailure: true }),
      });
      if (result.failed) throw new Error(`${fc.defaultReportMessage(result) ?? ''}\n\n${again(result)}`);
      const seconds = Math.round((Date.now() - startedAt) / 1_000);
      process.stdout.write(`model: ${count} histories of ${told} commands in ${seconds} s, seed ${seed}\n`);
      if (MODEL_ALL !== undefined && failed > 0)
        throw new Error(`${failed} of ${count} histories fail (seed ${seed}): they are in ${MODEL_ALL}.`);
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
