import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { JobQueue, PRIORITY } from '../jobs/job-queue';

/** The job that brings one server's memberships up to date. */
export const RECONCILE_GUILD = 'reconcile-guild';

/**
 * Asks for a server to be worked on: now, or at a time. A server has two jobs, side by side: one for whoever waits
 * (priority `waiting`), which serves nobody else and so is soon over, and one for everything. Were it one, bulk that is
 * marked later would take the place of a student's job and make it wait.
 */
@Injectable()
export class GuildQueue {
  constructor(private readonly jobs: JobQueue) {}

  /** As soon as a slot is free. Asking again changes nothing. */
  add(manager: EntityManager, guildId: string, priority: number = PRIORITY.soon): Promise<void> {
    return this.enqueue(manager, 'guild', guildId, priority, { keyMode: 'preserve_run_at' });
  }

  /** A moment later, because another worker has the server in hand. */
  addAgain(manager: EntityManager, guildId: string, runAt: Date, priority: number): Promise<void> {
    return this.enqueue(manager, 'guild-busy', guildId, priority, { runAt });
  }

  /**
   * At a time: a grace that ends, an enrollment that expires, a retry. One job for each second, because asking again
   * replaces a waiting job: who has just found out about something later must not put off what another asked for sooner.
   */
  addAt(manager: EntityManager, guildId: string, runAt: Date, priority: number = PRIORITY.soon): Promise<void> {
    if (runAt.getTime() <= Date.now()) return this.add(manager, guildId, priority);
    const second = Math.floor(runAt.getTime() / 1_000);
    return this.enqueue(manager, `guild-later:${second}`, guildId, priority, { runAt });
  }

  private enqueue(
    manager: EntityManager,
    kind: string,
    guildId: string,
    priority: number,
    when: { readonly runAt?: Date; readonly keyMode?: 'preserve_run_at' },
  ): Promise<void> {
    const waiting = priority <= PRIORITY.waiting;
    const key = `${kind}:${guildId}${waiting ? ':waiting' : ''}`;
    return this.jobs.enqueue(manager, RECONCILE_GUILD, { guildId, waiting }, { key, priority, ...when });
  }
}
