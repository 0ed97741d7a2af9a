import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../sandbox/server';

/**
 * How the local Discord carries a big world: 100 servers, one of them with 100,000 members. Each figure stands beside
 * what it may cost at most; a ratio below 1 keeps the promise. Run by `node -r ./test/support/typescript.js
 * bench/sandbox-world.ts`, with `--state-file` to see what keeping that world in a file costs.
 */
const PROMISES = { createMs: 5_000, memoryMb: 400, pageMs: 20 } as const;
const MEMBERS = 100_000;
const GUILDS = 100;
const PAGE = 1_000;

let failed = false;

function report(what: string, measured: number, promised: number, unit: string): void {
  const ratio = measured / promised;
  failed ||= ratio > 1;
  console.log(
    `${what.padEnd(44)} ${measured.toFixed(1).padStart(9)} ${unit.padEnd(2)}  of ${String(promised).padStart(5)} ${unit.padEnd(2)}  ratio ${ratio.toFixed(2)}`,
  );
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-world-'));
  const withFile = process.argv.includes('--state-file');
  const sandbox = await startSandbox({ port: 0, ...(withFile ? { stateFile: join(folder, 'state.json') } : {}) });
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bot ${sandbox.application.botToken}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

  let started = performance.now();
  const { id: ownerId } = await call<{ id: string }>('POST', '/sandbox/users', { username: 'owner' });
  const guilds: string[] = [];
  for (let index = 0; index < GUILDS; index += 1) {
    const { id } = await call<{ id: string }>('POST', '/sandbox/guilds', { name: `Server ${index}`, ownerId });
    await call('PUT', `/sandbox/guilds/${id}/bot`, {});
    guilds.push(id);
  }
  const [big = ''] = guilds;
  const { ids } = await call<{ ids: string[] }>('POST', '/sandbox/users/bulk', { count: MEMBERS });
  await call('POST', `/sandbox/guilds/${big}/members/bulk`, { userIds: ids });
  report(`create ${GUILDS} servers and ${MEMBERS} members`, performance.now() - started, PROMISES.createMs, 'ms');

  const pages: number[] = [];
  let after = '0';
  for (;;) {
    started = performance.now();
    const page = await call<{ user: { id: string } }[]>(
      'GET',
      `/api/v10/guilds/${big}/members?limit=${PAGE}&after=${after}`,
    );
    pages.push(performance.now() - started);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.user.id;
  }
  // Without the first ones, in which the program is still being compiled.
  const warm = pages.slice(5).sort((left, right) => left - right);
  report('list a page of 1,000, median', warm[Math.floor(warm.length / 2)] ?? 0, PROMISES.pageMs, 'ms');
  report('list a page of 1,000, 95th percentile', warm[Math.floor(warm.length * 0.95)] ?? 0, PROMISES.pageMs, 'ms');
  // The client's answers lie in the same process, so this is more than the local Discord alone needs.
  report('memory of the whole process', process.memoryUsage.rss() / 1024 / 1024, PROMISES.memoryMb, 'MB');
  await sandbox.close();
  rmSync(folder, { recursive: true });
  process.exitCode = failed ? 1 : 0;
}

void main();
