import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { JobQueue } from '../jobs/job-queue';

/** The job that brings one server's memberships up to date. */
export const RECONCILE_GUILD = 'reconcile-guild';

/** Asks for a server to be worked on: now, or at a time. */
@Injectable()
export class GuildQueue {
  constructor(private readonly jobs: JobQueue) {}

  /** As soon as a worker is free. One waiting job per server: asking again changes nothing. */
  async add(
    manager: EntityManager,
    guildId: string,
    { priority = 0 }: { readonly priority?: number } = {},
  ): Promise<void> {
    await this.jobs.enqueue(manager, RECONCILE_GUILD, { guildId }, { key: `guild:${guildId}`, priority });
  }

  /** A moment later, because another worker has the server in hand. */
  async addAgain(manager: EntityManager, guildId: string, at: Date): Promise<void> {
    await this.jobs.enqueue(manager, RECONCILE_GUILD, { guildId }, { key: `guild-busy:${guildId}`, runAt: at });
  }

  /**
   * At a time: a grace that ends, an enrollment that expires, a retry. One job for each second, because asking again
   * replaces a waiting job: who has just found out about something later must not put off what another asked for sooner.
   */
  async addAt(manager: EntityManager, guildId: string, at: Date, priority = 5): Promise<void> {
    const second = Math.floor(at.getTime() / 1_000);
    await this.jobs.enqueue(
      manager,
      RECONCILE_GUILD,
      { guildId },
      { key: `guild-later:${guildId}:${second}`, runAt: at, priority },
    );
  }
}
