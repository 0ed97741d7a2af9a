import { Injectable } from '@nestjs/common';

/** Whether Discord's events reach us, for the health page: what is, since when, and the last thing that went wrong. */
@Injectable()
export class GatewayState {
  private shardsUp = new Set<number>();
  private shardCount = 1;
  private changedAt = new Date();
  private error: string | null = null;

  /** Every shard is connected. discord.js' own `isReady()` stays true while the gateway is gone. */
  get connected(): boolean {
    return this.shardsUp.size >= this.shardCount;
  }

  /** Since when it is as `connected` says. */
  get since(): Date {
    return this.changedAt;
  }

  /** Why there was no connection the last time there was none. */
  get lastError(): string | null {
    return this.error;
  }

  /** One sentence or two for a person. */
  get message(): string {
    const since = this.changedAt.toISOString();
    if (this.connected) return `Connected to Discord's gateway since ${since}.`;
    return `Not connected to Discord's gateway since ${since}. ${this.error ?? 'Connecting for the first time.'}`;
  }

  /** How many connections there are to be. */
  expect(shardCount: number): void {
    this.change(() => {
      this.shardCount = shardCount;
    });
  }

  shardUp(shardId: number): void {
    this.change(() => this.shardsUp.add(shardId));
  }

  shardDown(shardId: number, why: string): void {
    this.error = why;
    this.change(() => this.shardsUp.delete(shardId));
  }

  allDown(why: string): void {
    this.error = why;
    this.change(() => this.shardsUp.clear());
  }

  private change(apply: () => unknown): void {
    const before = this.connected;
    apply();
    if (this.connected !== before) this.changedAt = new Date();
  }
}
