import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..');

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

describe('the structure', () => {
  it('has no circle, and no folder imports what is not below it', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
        '--output-type',
        'err',
        'src',
        'sandbox',
        'migrations',
        'web',
      ],
      { cwd: ROOT },
    );
    expect(stdout).toContain('no dependency violations found');
  }, 60_000);

  it('knows every folder of src', () => {
    const rules = readFileSync(join(ROOT, '.dependency-cruiser.cjs'), 'utf8');
    const folders = readdirSync(join(ROOT, 'src')).filter((name) => statSync(join(ROOT, 'src', name)).isDirectory());
    const unknown = folders.filter((folder) => !new RegExp(`^  '?${folder}'?: \\d+,$`, 'm').test(rules));
    expect(unknown).toEqual([]);
  });

  it('has no barrel, no forwardRef, and no file that is a drawer for everything', () => {
    const files = [...filesBelow('src'), ...filesBelow('sandbox'), ...filesBelow('web')].filter((file) =>
      /\.tsx?$/.test(file),
    );
    expect(files.filter((file) => /(^|\/)(index|utils|helpers|common|misc)\.tsx?$/.test(file))).toEqual([]);
    expect(files.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('forwardRef('))).toEqual([]);
  });
});
