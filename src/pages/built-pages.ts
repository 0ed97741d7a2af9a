import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { Injectable } from '@nestjs/common';

/** How a file may be sent, the smallest first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
};

/** One file of the pages, as it is and compressed. */
export interface PageFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly encoded: ReadonlyMap<string, Buffer>;
}

/** What `npm run build` made of `web/`, read once: a few files, and no path of a request ever reaches the disk. */
@Injectable()
export class BuiltPages {
  private readonly files = readFiles(join(projectFolder(), 'dist/web'));

  /** @param path below the pages' folder, such as `index.html` or `assets/index-1a2b3c.js` */
  find(path: string): PageFile | null {
    return this.files.get(path) ?? null;
  }
}

/** Where package.json lies: the same from src and from dist/src. */
function projectFolder(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) || folder === dirname(folder)) return folder;
  }
}

function readFiles(folder: string): Map<string, PageFile> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  const found = new Set(names);
  return new Map(
    names.flatMap((name) => {
      const type = TYPES[extname(name)];
      if (type === undefined) return [];
      const encoded = ENCODINGS.filter(([, ending]) => found.has(name + ending)).map(
        ([encoding, ending]) => [encoding, readFileSync(join(folder, name + ending))] as const,
      );
      return [[name, { type, plain: readFileSync(join(folder, name)), encoded: new Map(encoded) }]];
    }),
  );
}
