import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** How many migrations an empty database gets. */
export const MIGRATION_COUNT = readdirSync(join(__dirname, '../../migrations')).filter((file) =>
  file.endsWith('.ts'),
).length;
