// npm run test:model -- --runs=2000: more histories than npm test tells. A history that fails is printed at once, as it is,
// and again when it has been shrunk, with the line that tells it again: --seed, --path and --replay. With --all=FILE every
// failure is written there, unshrunk, the telling goes on, and the end is an error that counts them; --tell=FILE tells those
// again, or any that are written down like them.
const { spawnSync } = require('node:child_process');

const OPTIONS = ['runs', 'seed', 'path', 'replay', 'all', 'tell'];

const environment = { ...process.env };
for (const argument of process.argv.slice(2)) {
  const [, name, value] = /^--(\w+)=(.*)$/.exec(argument) ?? [];
  if (!OPTIONS.includes(name)) {
    console.error(`"${argument}" is not understood; there are ${OPTIONS.map((option) => `--${option}=…`).join(', ')}.`);
    process.exit(2);
  }
  environment[`MODEL_${name.toUpperCase()}`] = value;
}
if (
  environment.MODEL_RUNS === undefined &&
  environment.MODEL_PATH === undefined &&
  environment.MODEL_TELL === undefined
)
  environment.MODEL_RUNS = '500';
const { status } = spawnSync(process.execPath, [require.resolve('jest/bin/jest'), 'test/model'], {
  env: environment,
  stdio: 'inherit',
});
process.exit(status ?? 1);
