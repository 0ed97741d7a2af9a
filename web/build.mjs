// Builds the pages into dist/web, each file also compressed. What has not changed is not built again.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist/web');
const STAMP = join(OUT, '.inputs');

const inputs = inputsOf();
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== inputs) await build();

async function build() {
  // Tests build what people get, too.
  process.env.NODE_ENV = 'production';
  const { build: bundle } = await import('vite');
  // Nobody is ever served half of a build.
  const making = `${OUT}-${process.pid}`;
  await bundle({
    configFile: join(import.meta.dirname, 'vite.config.mjs'),
    logLevel: 'warn',
    build: {
      outDir: making,
      rolldownOptions: {
        // "use client" in libraries is for servers that render React.
        onLog: (level, log, tell) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : tell(level, log)),
      },
    },
  });
  for (const file of filesIn(making).filter((name) => /\.(js|css|html|svg)$/.test(name))) compress(file);
  writeFileSync(join(making, '.inputs'), inputs);
  rmSync(OUT, { recursive: true, force: true });
  renameSync(making, OUT);
}

function compress(file) {
  const content = readFileSync(file);
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
}

/** Says the same as long as building would make the same. */
function inputsOf() {
  const hash = createHash('sha256');
  for (const file of [...filesIn(import.meta.dirname).sort(), join(ROOT, 'package-lock.json')]) {
    hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}
