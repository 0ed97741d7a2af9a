import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { type ZodType } from 'zod';

/** Discord's own schemas, generated daily from its OpenAPI file. */
export function loadDiscordSchemas(): Record<string, ZodType> {
  return load('discord-api-spec.zod.js') as Record<string, ZodType>;
}

/** Every operation of Discord's OpenAPI file, as `PUT /guilds/{guild_id}/bans/{user_id}`. */
export function loadDiscordOperations(): string[] {
  const { pathsList } = load('discord-api-spec.js') as { pathsList: Record<string, string[]> };
  return Object.entries(pathsList).flatMap(([method, paths]) => paths.map((path) => `${method.toUpperCase()} ${path}`));
}

/** The package is published as ES modules that Jest does not load from node_modules, so its text is compiled here. */
function load(file: string): unknown {
  const require = createRequire(__filename);
  const path = join(dirname(require.resolve('zod')), '..', 'discord-api-spec', 'build', file);
  const { code } = transformSync(readFileSync(path, 'utf8'), {
    module: { type: 'commonjs' },
    jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } },
  });
  const exports = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text is a development dependency of ours
  const run = new Function('require', 'exports', code) as (load: NodeJS.Require, into: object) => void;
  run(require, exports);
  return exports;
}
