import { Injectable, Logger } from '@nestjs/common';

export interface HealthAnswer {
  readonly up: boolean;
  /** A sentence for a person: what is the case, since when, what to do. Never a connection string or a token. */
  readonly message: string;
}

/** One part of the process that can say how it is. */
export interface HealthProbe {
  readonly name: string;
  /** Whether the process is unready while this part is down. */
  readonly required: boolean;
  check(): Promise<HealthAnswer>;
}

export interface HealthReport {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, HealthAnswer & { readonly required: boolean }>>;
}

/** A probe that has not answered after this long counts as down, milliseconds. */
const PATIENCE = 2_000;

const logger = new Logger('Health');

/** The parts of this process register here; telemetry itself knows none of them. */
@Injectable()
export class HealthRegistry {
  private readonly probes = new Map<string, HealthProbe>();

  /** @throws Error when the name is taken: two parts would hide each other. */
  register(probe: HealthProbe): void {
    if (this.probes.has(probe.name)) {
      throw new Error(`A health probe named "${probe.name}" is registered already; each part needs a name of its own.`);
    }
    this.probes.set(probe.name, probe);
  }

  /** Asks all parts at once. Ready = every required part is up. */
  async report(): Promise<HealthReport> {
    const answers = await Promise.all(
      [...this.probes.values()].map(async (probe) => {
        const answer = await answerOf(probe);
        return [probe.name, { up: answer.up, required: probe.required, message: answer.message }] as const;
      }),
    );
    const parts = Object.fromEntries(answers);
    return { ready: answers.every(([, part]) => part.up || !part.required), parts };
  }
}

async function answerOf(probe: HealthProbe): Promise<HealthAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthAnswer>((resolve) => {
    timer = setTimeout(() => resolve({ up: false, message: `No answer within ${PATIENCE / 1000} s.` }), PATIENCE);
  });
  try {
    return await Promise.race([probe.check(), late]);
  } catch (error) {
    logger.warn({ err: error }, `The health check of "${probe.name}" failed.`);
    // The error may name hosts and logins; the health page is public.
    return { up: false, message: 'The check failed; see the log.' };
  } finally {
    clearTimeout(timer);
  }
}
