import { type ChildProcess } from 'node:child_process';
import { type EmbeddedPostgres } from '../../src/database/embedded-postgres';

/** What the run's setup has started and its teardown ends. */
export interface TestCluster {
  readonly postgres: EmbeddedPostgres;
  /** Where it lies, and where the test files' own clusters do. */
  readonly directory: string;
  readonly guard: ChildProcess;
}

let cluster: TestCluster | undefined;

export function keepForTeardown(started: TestCluster): void {
  cluster = started;
}

export function startedCluster(): TestCluster | undefined {
  return cluster;
}
