import { Test, type TestingModule } from '@nestjs/testing';
import { Global, Module } from '@nestjs/common';
import { AuditLog, type NewLogEntry } from '../../src/audit-log/audit-log';
import { AuditLogModule } from '../../src/audit-log/audit-log.module';
import { type LogRow } from '../../src/audit-log/log-row';
import { LogTail } from '../../src/audit-log/log-tail';
import { type Caller, type Role } from '../../src/common/caller';
import { CONFIG, type Config } from '../../src/config/config';
import { Database } from '../../src/database/database';
import { DatabaseModule } from '../../src/database/database.module';
import { type MigratedDatabase } from '../support/migrated-database';

/** As much of one process as reads and writes the log. */
export interface LogProcess {
  readonly database: Database;
  readonly tail: LogTail;
  append(...entries: NewLogEntry[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startLogProcess(database: MigratedDatabase): Promise<LogProcess> {
  @Global()
  @Module({
    providers: [{ provide: CONFIG, useValue: { database: database.logins } satisfies Partial<Config> }],
    exports: [CONFIG],
  })
  class TestConfigModule {}

  const process: TestingModule = await Test.createTestingModule({
    imports: [TestConfigModule, DatabaseModule.forRoot(), AuditLogModule],
  }).compile();
  await process.init();
  const log = process.get(AuditLog);
  const connections = process.get(Database);
  return {
    database: connections,
    tail: process.get(LogTail),
    append: (...entries) => connections.work((manager) => log.append(manager, entries)),
    stop: () => process.close(),
  };
}

/** Somebody signed in for an hour. */
export function caller(userId: string, role: Role = 'STUDENT'): Caller {
  return {
    userId,
    role,
    claims: { sub: userId, role: 'authenticated', app_metadata: { role: role.toLowerCase() } },
    expiresAt: Math.floor(Date.now() / 1_000) + 3_600,
  };
}

/** The next `count` entries, then the stream is left. */
export async function take(stream: AsyncIterableIterator<LogRow, undefined>, count: number): Promise<LogRow[]> {
  const rows: LogRow[] = [];
  while (rows.length < count) {
    const step = await stream.next();
    if (step.done === true) throw new Error(`The stream ended after ${rows.length} of ${count} entries.`);
    rows.push(step.value);
  }
  await stream.return?.();
  return rows;
}

/** An entry that can be told from others. */
export function entry(number: number, extra: Partial<NewLogEntry> = {}): NewLogEntry {
  return { action: 'sync', details: { number }, ...extra };
}

export function numbersOf(rows: readonly LogRow[]): unknown[] {
  return rows.map((row) => row.details?.['number']);
}

/** Any text of this form, where Jest's own matcher would be an `any`. */
export const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);
