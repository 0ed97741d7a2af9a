import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { HealthRegistry } from './health-registry';

/** From a page that is there at once to a call that Discord has let wait, seconds. */
const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * What this process counts of itself, for Prometheus. A label is one of a few words, never who or what it was about: each value
 * of it is kept for good, and whoever reads figures must not read of people.
 */
@Injectable()
export class ProcessMetrics {
  private readonly registry = new Registry();
  private readonly requests = this.histogram('http_request_duration_seconds', 'Answered HTTP requests.', [
    'method',
    'route',
    'status',
  ]);
  private readonly calls = this.histogram(
    'discord_request_duration_seconds',
    'Calls of the bot to Discord; the status is "none" when there was no answer.',
    ['method', 'status'],
  );
  private readonly jobs = this.histogram('job_duration_seconds', 'Jobs that have run.', ['job', 'outcome']);

  constructor(health: HealthRegistry) {
    collectDefaultMetrics({ register: this.registry });
    this.gauge('part_up', 'Whether a part of this process is up, as /health/ready says.', ['part'], async (gauge) => {
      for (const [part, { up }] of Object.entries((await health.report()).parts)) gauge.set({ part }, up ? 1 : 0);
    });
  }

  /** @param route as it is declared, with names in the place of values */
  requestAnswered(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status }, seconds);
  }

  /** @param status null when Discord did not answer */
  discordCalled(method: string, status: number | null, seconds: number): void {
    this.calls.observe({ method, status: status ?? 'none' }, seconds);
  }

  jobRan(job: string, outcome: 'done' | 'failed', seconds: number): void {
    this.jobs.observe({ job, outcome }, seconds);
  }

  /** A figure that is found out when it is asked for. While it cannot be found out, it is left out. */
  measure(name: string, help: string, find: () => number | Promise<number>): void {
    this.gauge(name, help, [], async (gauge) => gauge.set({}, await find()));
  }

  /** Everything, as Prometheus reads it. */
  async text(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }

  private histogram<Label extends string>(name: string, help: string, labelNames: Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.registry] });
  }

  private gauge(name: string, help: string, labelNames: string[], find: (gauge: Gauge) => Promise<void>): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      async collect() {
        this.reset();
        await find(this).catch(() => undefined);
      },
    });
  }
}
