import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ProcessRole } from '../../src/config/config';
import { Service } from './support/service';
import { CURRENT_SECRET } from './support/signed';

const PAGE = readFileSync(join(__dirname, '../../docs/webhooks.md'), 'utf8');

/** Without these nobody could paste the lines either. */
function hasTools(): boolean {
  try {
    execFileSync('bash', ['-c', 'command -v curl openssl od']);
    return true;
  } catch {
    return false;
  }
}

describe('the page about webhooks', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({
      config: { roles: new Set<ProcessRole>(['api']), webhooks: { secrets: [CURRENT_SECRET], allowPrivate: true } },
    });
  }, 60_000);
  afterAll(() => service.close());

  (hasTools() ? it : it.skip)(
    'has lines that enroll somebody when they are pasted (with curl and openssl)',
    async () => {
      const lines = /```sh\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? '';
      expect(lines).toContain('SECRET=whsec_…');
      const pasted = lines
        .replace('SECRET=whsec_…', `SECRET=${CURRENT_SECRET}`)
        .replace('URL=http://localhost:3000', `URL=${service.url}`);
      const { stdout } = await promisify(execFile)('bash', ['-c', pasted]);
      expect(JSON.parse(stdout)).toEqual({ accepted: 1, applied: 1, results: ['applied'] });
      expect(await service.sql('SELECT user_id FROM discord_enrollments WHERE active')).toEqual([
        { user_id: '00000000-0000-4000-8000-000000000101' },
      ]);
    },
  );
});
