import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type WorldSnapshot, restoreWorld, takeSnapshot } from './snapshot';
import { type World } from './world';

/** A change is in the file after this long at the latest, unless the world is big. */
const WRITE_AFTER_MS = 200;
/**
 * Writing stops everything else: 0.2 s for 100,000 members. So as not to do so more than a tenth of the time, a world
 * that takes long to write is written less often.
 */
const REST_FACTOR = 9;

/** The state file cannot be used. The message says which file and what to do. */
export class StateFileError extends Error {}

/** Keeps the world in a file: read at the start, written soon after every change and at the end. */
export class Persistence {
  private timer: NodeJS.Timeout | undefined;
  private lastWriteMs = 0;
  private readonly stopListening: () => void;

  constructor(
    private readonly world: World,
    private readonly file: string,
  ) {
    this.load();
    mkdirSync(dirname(file), { recursive: true });
    this.stopListening = world.onChange(() => {
      this.timer ??= setTimeout(() => this.writeOrComplain(), this.delay).unref();
    });
  }

  /**
   * Writes what has not been written yet, and nothing else: a local Discord that could not start, because another one
   * holds the port, must not touch the other one's file.
   */
  close(): void {
    this.stopListening();
    if (this.timer !== undefined) this.write();
  }

  private get delay(): number {
    return Math.max(WRITE_AFTER_MS, this.lastWriteMs * REST_FACTOR);
  }

  private load(): void {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw new StateFileError(
        `The local Discord cannot read its state file ${this.file}: ${String(error)}. Make it readable, or move it away.`,
      );
    }
    try {
      restoreWorld(this.world, JSON.parse(text) as WorldSnapshot);
    } catch (error) {
      throw new StateFileError(
        `The state file ${this.file} of the local Discord is damaged (${String(error)}). ` +
          'Delete it to start with an empty Discord, or put back a copy.',
      );
    }
  }

  /** A full disk must not end a server that people work with; the end of the process tries again and says so. */
  private writeOrComplain(): void {
    try {
      this.write();
    } catch (error) {
      console.error(`The local Discord cannot write its state file ${this.file}: ${String(error)}`);
    }
  }

  /** Beside the file and then over it, so that a crash leaves the old file or the new one, never half of one. */
  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const started = performance.now();
    const next = `${this.file}.next`;
    writeFileSync(next, JSON.stringify(takeSnapshot(this.world)), { mode: 0o600 });
    renameSync(next, this.file);
    this.lastWriteMs = performance.now() - started;
  }
}
