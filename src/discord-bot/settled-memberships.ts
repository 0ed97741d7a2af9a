import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { type Membership } from '../membership/membership.model';
import { Memberships } from '../membership/memberships';

/** How long somebody waits for what comes of what they asked for, and how often we look, milliseconds. */
const PATIENCE = 8_000;
const LOOK_EVERY = 200;

/** What became of what somebody asked for: most changes are done within a second, and then the answer can tell. */
@Injectable()
export class SettledMemberships implements BeforeApplicationShutdown {
  private readonly ending = new AbortController();

  constructor(private readonly memberships: Memberships) {}

  beforeApplicationShutdown(): void {
    this.ending.abort();
  }

  /** The student's memberships in the course once Discord is as desired, or as they stand when that takes longer or the process ends. */
  async of(caller: Caller, userId: string, courseId: string): Promise<Membership[]> {
    for (const until = Date.now() + PATIENCE; ;) {
      const found = await this.memberships.ofStudent(caller, userId, courseId);
      const isOver = this.ending.signal.aborted || Date.now() > until;
      if (isOver || found.every(({ inSync }) => inSync)) return found;
      await delay(LOOK_EVERY, undefined, this.ending).catch(() => undefined);
    }
  }
}
