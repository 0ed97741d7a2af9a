// Builds the pages into dist/web, each file also compressed, and the components to embed into dist/embed, a package of
// their own. What has not changed is not built again.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const ROOT = join(import.meta.dirname, '..');
const PAGES = join(ROOT, 'dist/web');
const EMBED = join(ROOT, 'dist/embed');
const STAMP = join(PAGES, '.inputs');

const inputs = inputsOf();
if (!existsSync(STAMP) || !existsSync(EMBED) || readFileSync(STAMP, 'utf8') !== inputs) await build();

async function build() {
  // Tests build what people get, too.
  process.env.NODE_ENV = 'production';
  await make(EMBED, 'vite.embed.config.mjs', describePackage);
  await make(PAGES, 'vite.config.mjs', (folder) => {
    for (const file of filesIn(folder).filter((name) => /\.(js|css|html|svg)$/.test(name))) compress(file);
    writeFileSync(join(folder, '.inputs'), inputs);
  });
}

async function make(target, config, finish) {
  const { build: bundle } = await import('vite');
  // Nobody is ever served half of a build.
  const making = `${target}-${process.pid}`;
  await bundle({
    configFile: join(import.meta.dirname, config),
    logLevel: 'warn',
    build: {
      outDir: making,
      rolldownOptions: {
        // "use client" in libraries is for servers that render React.
        onLog: (level, log, tell) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : tell(level, log)),
      },
    },
  });
  await finish(making);
  rmSync(target, { recursive: true, force: true });
  renameSync(making, target);
}

/** The types of what is exported, and a package.json: the folder can be packed and installed by itself. */
async function describePackage(folder) {
  const name = 'anycademy-discord';
  const { transform } = await import('@swc/core');
  const source = join(import.meta.dirname, `src/embed/${name}.tsx`);
  const { output } = await transform(readFileSync(source, 'utf8'), {
    filename: source,
    swcrc: false,
    jsc: { parser: { syntax: 'typescript', tsx: true }, experimental: { emitIsolatedDts: true } },
  });
  writeFileSync(join(folder, `${name}.d.ts`), JSON.parse(output).__swc_isolated_declarations__);
  const { version, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const about = {
    name: 'anycademy-discord-embed',
    version,
    description: 'React components that show and manage Discord membership of courses.',
    license,
    type: 'module',
    exports: { types: `./${name}.d.ts`, default: `./${name}.js` },
    sideEffects: false,
    peerDependencies: { react: '>=19.2', 'react-dom': '>=19.2' },
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
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
