import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { type ZodType } from 'zod';

/**
 * Discord's own schemas, generated daily from its OpenAPI file. The package is published as ES modules that Jest does
 * not load from node_modules, so its text is compiled here.
 */
export function loadDiscordSchemas(): Record<string, ZodType> {
  const require = createRequire(__filename);
  const root = join(dirname(require.resolve('zod')), '..', 'discord-api-spec', 'build', 'discord-api-spec.zod.js');
  const { code } = transformSync(readFileSync(root, 'utf8'), {
    module: { type: 'commonjs' },
    jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } },
  });
  const exports: Record<string, ZodType> = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text is a development dependency of ours
  const run = new Function('require', 'exports', code) as (load: NodeJS.Require, into: typeof exports) => void;
  run(require, exports);
  return exports;
}
