import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const REPOSITORY = join(__dirname, '../../..');
const SUPPORT = join(REPOSITORY, 'test/support');

/** A process of our TypeScript, beside the test's own: what it printed, and how it ended. */
export class Child {
  private printed = '';
  private readonly process: ChildProcess;
  /** The exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;

  private constructor(file: string, options: { env: NodeJS.ProcessEnv; preload?: string; cwd?: string }) {
    const preload = ['end-with-parent.js', 'typescript.js', ...(options.preload ? [options.preload] : [])];
    this.process = spawn(
      process.execPath,
      [...preload.flatMap((name) => ['--require', join(SUPPORT, name)]), join(REPOSITORY, file)],
      {
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env },
        stdio: ['pipe', 'pipe', 'pipe'],
        ...(options.cwd ? { cwd: options.cwd } : {}),
      },
    );
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
    }
    this.ended = new Promise((resolve) => this.process.once('close', resolve));
  }

  /** @param file of the repository; nothing of this process's environment is inherited but PATH and HOME. */
  static run(file: string, options: { env: NodeJS.ProcessEnv; preload?: string; cwd?: string }): Child {
    return new Child(file, options);
  }

  /** Everything that it has printed so far, to either stream. */
  get output(): string {
    return this.printed;
  }

  /** Waits until it prints something like this. @throws Error with what it printed instead when it ends first. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.printed);
      if (match) return match;
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`The process ended without printing ${pattern.source}. It printed:\n${this.printed}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Writes to its standard input. */
  tell(text: string): void {
    this.process.stdin?.write(text);
  }

  /** Sends a signal that does not end it; SIGSTOP holds it still, as a machine without time for it does, until SIGCONT. */
  signal(signal: 'SIGUSR2' | 'SIGSTOP' | 'SIGCONT'): void {
    this.process.kill(signal);
  }

  /** Sends the signal and waits for the end. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.process.kill(signal);
    return this.ended;
  }
}
