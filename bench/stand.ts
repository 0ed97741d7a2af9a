import 'reflect-metadata';
import { Client } from 'pg';
import globalSetup from '../test/support/global-setup';
import globalTeardown from '../test/support/global-teardown';
import { Service } from '../test/e2e/support/service';

/** What a benchmark stands on: a PostgreSQL and a local Discord of its own on loopback, which end with it. */
export async function onItsOwnStand(
  work: (service: Service) => Promise<boolean>,
  start?: Parameters<typeof Service.start>[0],
): Promise<void> {
  await globalSetup();
  try {
    const service = await Service.start(start);
    try {
      process.exitCode = (await work(service)) ? 0 : 1;
    } finally {
      await service.close();
    }
  } finally {
    await globalTeardown();
  }
}

/** A table of aligned columns, numbers to the right. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const texts = [headings, ...rows].map((row) => row.map(String));
  const widths = headings.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], numbers: readonly boolean[]) =>
    row
      .map((text, column) => (numbers[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)))
      .join('  ');
  const isNumber = headings.map((_, column) =>
    rows.every((row) => !Number.isNaN(Number.parseFloat(String(row[column])))),
  );
  const [first, ...others] = texts.map((row) => line(row, isNumber));
  return [first, widths.map((width) => '─'.repeat(width)).join('  '), ...others].join('\n');
}

/** Counts what the worker of this process asks the database, from now on. */
export function countStatements(): { count: number } {
  const counted = { count: 0 };
  // The driver's own method, as the service's pool calls it.
  const prototype = Client.prototype as unknown as { query: (...given: unknown[]) => unknown };
  const query = prototype.query;
  prototype.query = function (this: { connectionParameters?: { application_name?: string } }, ...given: unknown[]) {
    if (this.connectionParameters?.application_name === 'anycademy-worker') counted.count += 1;
    return query.apply(this, given);
  };
  return counted;
}

/** The value below which this share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Asks until it is so. @throws Error when it takes longer, milliseconds. */
export async function until(holds: () => Promise<boolean>, patience: number, every = 100): Promise<void> {
  for (const giveUpAt = Date.now() + patience; !(await holds());) {
    if (Date.now() > giveUpAt) throw new Error(`It took longer than ${patience / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
