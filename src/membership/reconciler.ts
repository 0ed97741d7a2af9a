import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import * as z from 'zod';
import { Database } from '../database/database';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { JobHandler } from '../jobs/job-handler';
import { PRIORITY } from '../jobs/job-queue';
import { ServerHealth } from '../server-config/server-health';
import { type AccountResult } from './account-run';
import { AccountWorker, type GuildWork } from './account-worker';
import { AccountViews } from './account-views';
import { Brake, dueRemovals } from './brake';
import { Comparison } from './comparison';
import { ConfigDeletion } from './config-deletion';
import { GuildFactsReader } from './guild-facts';
import { GuildLeases, LeaseLost } from './guild-lease';
import { GuildQueue, RECONCILE_GUILD } from './guild-queue';
import { Outcomes } from './outcomes';
import { OpenRuns } from './open-runs';
import { ServerTrouble } from './server-trouble';

/** How many memberships are settled in one transaction: what a crash in the middle makes us do again. */
const BATCH = 20;
/** And no longer than this, milliseconds: Discord's limits can stretch twenty calls over as many seconds. */
const BATCH_TIME = 250;
/** After this long, milliseconds, a server gives its slot back if it has more to do, so that no other waits for it. */
const SLICE = 1_000;
/** A server that another worker has in hand is tried again after this, milliseconds. */
const BUSY_RETRY = 300;
/** How long to wait when no call can succeed at all (the bot token is refused, Discord is down), milliseconds. */
const PROCESS_RETRY = 10_000;
const TRANSIENT_RETRY = 3_000;
/** After so many accounts in a row to which Discord gave no answer, the rest waits instead of being tried one by one. */
const SILENCES = 3;

/** A comparison has to be read to its end: Discord's limit of ten pages or so is waited for. */
const COMPARING = { patience: 15_000, givesWay: true };
/** Everything else gives its slot back when a bucket is exhausted; a moment shorter than that would take is waited for. */
const PATIENCE = 50;

/** When there is more to do in a server, and how urgent it is. */
interface Again {
  readonly at: Date;
  readonly priority?: number;
}

const PAYLOAD = z.object({
  guildId: z.string().regex(/^\d{17,20}$/),
  /** Whether only those are served who wait for it: see {@link GuildQueue}. */
  waiting: z.boolean().default(false),
});

/** Brings one server's memberships to what is desired, under the server's lease. */
@Injectable()
export class Reconciler implements OnModuleDestroy {
  private readonly logger = new Logger(Reconciler.name);
  /** Not before this is a server compared again whose member list could not be read, milliseconds. */
  private readonly comparedAgainAt = new Map<string, number>();
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly discord: DiscordRest,
    private readonly queue: GuildQueue,
    private readonly leases: GuildLeases,
    private readonly views: AccountViews,
    private readonly accounts: AccountWorker,
    private readonly outcomes: Outcomes,
    private readonly facts: GuildFactsReader,
    private readonly comparison: Comparison,
    private readonly brake: Brake,
    private readonly runs: OpenRuns,
    private readonly deletion: ConfigDeletion,
    private readonly health: ServerHealth,
    private readonly trouble: ServerTrouble,
  ) {}

  /** The process is about to end: the account in hand is brought to its end, what else is due stays due. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  @JobHandler(RECONCILE_GUILD)
  async run(payload: unknown): Promise<void> {
    const { guildId, waiting } = PAYLOAD.parse(payload);
    const trouble = await this.trouble.of(guildId);
    if (trouble) {
      await this.trouble.tellWaiting(guildId, trouble);
      return;
    }
    const lease = await this.leases.acquire(guildId);
    if (!lease) {
      const at = new Date(Date.now() + BUSY_RETRY);
      const priority = waiting ? PRIORITY.waiting : PRIORITY.soon;
      await this.database.work((manager) => this.queue.addAgain(manager, guildId, at, priority));
      return;
    }
    let again: Again | null;
    try {
      const work: GuildWork = {
        guildId,
        lease,
        facts: once(() => this.facts.read(guildId)),
        recentFacts: once(() => this.facts.recent(guildId)),
        exhausted: new Map(),
      };
      again = await this.discord.during(
        () => lease.assertHeld(),
        () => this.drain(work, waiting),
      );
    } catch (error) {
      again = await this.stopped(guildId, error);
    } finally {
      await lease.release();
    }
    if (again) {
      const { at, priority } = again;
      await this.database.work((manager) => this.queue.addAt(manager, guildId, at, priority));
    }
  }

  /** Works until nothing is due, or the slice is over. @returns when to come back; null: when something is marked. */
  private async drain(work: GuildWork, waiting: boolean): Promise<Again | null> {
    let sliceEnds = Date.now() + SLICE;
    for (;;) {
      if (this.stopping) return { at: new Date() };
      // A list that fails may take its time about it: all else is not to pay for that.
      if (!waiting && !(await this.compareWhereAsked(work))) sliceEnds = Date.now() + SLICE;
      const due = await this.due(work.guildId, waiting);
      if (due.length === 0) break;
      await this.batch(due, work);
      if (Date.now() > sliceEnds) {
        await this.runs.finishWhereDone(work.guildId);
        return this.nextDue(work.guildId);
      }
    }
    await this.runs.finishWhereDone(work.guildId);
    await this.runs.dropWhereDecided(work.guildId);
    await this.deletion.finishWhereDone(work.guildId);
    return this.nextDue(work.guildId);
  }

  /**
   * A member list that cannot be read just now keeps nobody waiting: it is read again later, and all else goes on.
   * @returns whether it was not tried in vain.
   */
  private async compareWhereAsked(work: GuildWork): Promise<boolean> {
    const queued = await this.runs.queued(work.guildId);
    if (queued.length === 0) return true;
    const notBefore = this.comparedAgainAt.get(work.guildId) ?? 0;
    if (Date.now() < notBefore) {
      // The job that was to come then may be this one: the database's clock need not be ours.
      await this.database.work((manager) => this.queue.addAt(manager, work.guildId, new Date(notBefore)));
      return true;
    }
    // Calls that led to nothing are told too.
    const { result, calls } = await this.discord.metered(work.guildId, () =>
      Promise.allSettled([this.discord.within(COMPARING, () => this.comparison.compare(work, queued))]),
    );
    const [compared] = result;
    if (compared.status === 'rejected') {
      await this.runs.spent(queued, calls);
      await this.putOff(work.guildId, compared.reason);
      return false;
    }
    this.comparedAgainAt.delete(work.guildId);
    await this.runs.compared(queued, compared.value, calls);
    return true;
  }

  /** @throws what stands in the way of all work in the server. */
  private async putOff(guildId: string, failure: unknown): Promise<void> {
    if (!(failure instanceof DiscordFailure) || failure.kind === 'server' || failure.kind === 'process') throw failure;
    const at = Date.now() + Math.max(failure.retryAfterMs ?? 0, failure.isRateLimit ? 0 : TRANSIENT_RETRY);
    this.comparedAgainAt.set(guildId, at);
    if (!failure.isRateLimit) await this.runs.delayed(guildId, failure);
    await this.database.work((manager) => this.queue.addAt(manager, guildId, new Date(at)));
  }

  private async batch(due: readonly string[], work: GuildWork): Promise<void> {
    let views = await this.views.ofMemberships(work.guildId, due);
    const removals = dueRemovals(views, new Date());
    if (removals.length > 0) {
      await this.brake.look(work.lease, removals);
      views = await this.views.ofMemberships(work.guildId, due);
    }
    const results: AccountResult[] = [];
    let stop: unknown = null;
    let silences = 0;
    let limit: DiscordFailure | null = null;
    const writtenBy = Date.now() + BATCH_TIME;
    // Of a student who has exchanged accounts the former one comes first, and only the current one's outcome is written: so
    // the two go together, or not at all.
    const begun = new Set<string>();
    const putOff = new Set<string>();
    const { calls } = await this.discord.metered(work.guildId, async () => {
      for (const view of views) {
        const sharesRow = (rows: ReadonlySet<string>) => view.rows.some(({ id }) => rows.has(id));
        if (this.stopping || (Date.now() > writtenBy && !sharesRow(begun))) return;
        for (const { id } of view.rows) begun.add(id);
        if (sharesRow(putOff)) {
          for (const { id } of view.rows) putOff.add(id);
          continue;
        }
        try {
          const givesWay = view.rows.every((row) => !row.due || row.priority > 0);
          const result = await this.discord.within({ patience: PATIENCE, givesWay }, () =>
            this.accounts.bring(view, work),
          );
          results.push(result);
          silences = result.failure?.kind === 'transient' ? silences + 1 : 0;
          // A server that refuses us is not asked for the others too. Even so this account has had its turn.
          if (result.failure?.kind === 'server' || silences >= SILENCES) {
            stop = result.failure;
            return;
          }
        } catch (error) {
          if (error instanceof DiscordFailure && error.isRateLimit) {
            // This account waits as it stands. Another one may need another bucket.
            limit ??= error;
            for (const { id } of view.rows) putOff.add(id);
            continue;
          }
          // What was done before the server refused is written down all the same.
          stop = error;
          return;
        }
      }
    });
    if (!(stop instanceof LeaseLost)) {
      await this.outcomes.write(work.lease, results, new Date());
      await this.runs.progressed(results, calls);
    }
    if (stop ?? limit) throw (stop ?? limit) as Error;
  }

  /** The whole server, or everything, is out of order: what is due stays due. @returns when to come back. */
  private async stopped(guildId: string, error: unknown): Promise<Again | null> {
    if (error instanceof LeaseLost) {
      this.logger.warn({ guildId }, error.message);
      return null;
    }
    if (!(error instanceof DiscordFailure)) throw error;
    if (error.isRateLimit) {
      const due = await this.nextDue(guildId);
      return { ...due, at: new Date(Date.now() + (error.retryAfterMs ?? 0)) };
    }
    switch (error.kind) {
      case 'server':
        await this.trouble.tellRefused(guildId, {
          sentence: error.message,
          details: { code: error.code, httpStatus: error.status },
        });
        await this.health.refused(guildId, error);
        return null;
      case 'process':
        return { at: new Date(Date.now() + PROCESS_RETRY) };
      case 'transient':
      case 'person':
        await this.runs.delayed(guildId, error);
        return { at: new Date(Date.now() + Math.max(error.retryAfterMs ?? 0, TRANSIENT_RETRY)) };
    }
  }

  private async due(guildId: string, waiting: boolean): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM (
         (SELECT id, attempts, priority, marked_at FROM discord_memberships
          WHERE guild_id = $1 AND generation > observed_generation AND (NOT $3 OR priority <= $4)
          ORDER BY priority, marked_at LIMIT $2)
         UNION
         (SELECT id, attempts, priority, marked_at FROM discord_memberships
          WHERE guild_id = $1 AND due_at <= now() AND NOT $3 ORDER BY due_at LIMIT $2)) d
       ORDER BY attempts > 0, priority, marked_at LIMIT $2`,
      [guildId, BATCH, waiting, PRIORITY.waiting],
    );
    return rows.map((row) => row.id);
  }

  /** What is marked is due now, the most urgent first; all else at its time. */
  private async nextDue(guildId: string): Promise<Again | null> {
    const rows = await this.database.query<{ at: Date; priority: number | null }>(
      `(SELECT now() AS at, priority FROM discord_memberships
        WHERE guild_id = $1 AND generation > observed_generation ORDER BY priority LIMIT 1)
       UNION ALL
       (SELECT greatest(due_at, now()), NULL FROM discord_memberships WHERE guild_id = $1 AND due_at IS NOT NULL ORDER BY due_at LIMIT 1)
       ORDER BY at, priority LIMIT 1`,
      [guildId],
    );
    const [next] = rows;
    return next ? { at: next.at, ...(next.priority === null ? {} : { priority: next.priority }) } : null;
  }
}

/** Calls once and remembers; a failure is not remembered. */
function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => {
    value ??= read().catch((error: unknown) => {
      value = undefined;
      throw error;
    });
    return value;
  };
}
