import { compareSnowflakes } from './snowflake';

/** One person's or bot's place in a server. */
export interface Member {
  readonly userId: string;
  roles: string[];
  joinedAt: string;
  nick: string | null;
  /** Has not passed the server's membership screening yet. */
  pending: boolean;
  mute: boolean;
  deaf: boolean;
  communicationDisabledUntil: string | null;
  flags: number;
}

/**
 * A server's members: by user id in constant time, and in order of user id for paging.
 *
 * The order is kept lazily. Newcomers wait in a set until somebody asks for a page and are then merged into the sorted
 * ids in one pass; who has left stays in the sorted ids until a quarter of them are stale. So 100,000 joins cost
 * 100,000 Map writes and one sort, and a page of 1000 costs one binary search.
 */
export class MemberList {
  private readonly byId = new Map<string, Member>();
  private sorted: string[] = [];
  private readonly waiting = new Set<string>();
  private stale = 0;

  get size(): number {
    return this.byId.size;
  }

  get(userId: string): Member | undefined {
    return this.byId.get(userId);
  }

  has(userId: string): boolean {
    return this.byId.has(userId);
  }

  values(): IterableIterator<Member> {
    return this.byId.values();
  }

  add(member: Member): void {
    if (!this.byId.has(member.userId)) {
      if (this.stale > 0 && this.isSorted(member.userId)) this.stale -= 1;
      else this.waiting.add(member.userId);
    }
    this.byId.set(member.userId, member);
  }

  remove(userId: string): Member | undefined {
    const member = this.byId.get(userId);
    if (member === undefined) return undefined;
    this.byId.delete(userId);
    if (!this.waiting.delete(userId)) this.stale += 1;
    return member;
  }

  /** Up to `limit` members with an id above `after`, in order of id. */
  page(after: string, limit: number): Member[] {
    this.settle();
    const page: Member[] = [];
    for (let index = this.firstAbove(after); index < this.sorted.length && page.length < limit; index += 1) {
      const member = this.byId.get(this.sorted[index] ?? '');
      if (member !== undefined) page.push(member);
    }
    return page;
  }

  private isSorted(userId: string): boolean {
    const index = this.firstAbove(userId) - 1;
    return index >= 0 && this.sorted[index] === userId;
  }

  private firstAbove(userId: string): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareSnowflakes(this.sorted[middle] ?? '', userId) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private settle(): void {
    if (this.stale * 4 > this.sorted.length) {
      this.sorted = this.sorted.filter((id) => this.byId.has(id));
      this.stale = 0;
    }
    if (this.waiting.size === 0) return;
    const newcomers = [...this.waiting].sort(compareSnowflakes);
    this.waiting.clear();
    const merged: string[] = [];
    let next = 0;
    for (const id of this.sorted) {
      for (let newcomer = newcomers[next]; newcomer !== undefined; newcomer = newcomers[next]) {
        if (compareSnowflakes(newcomer, id) >= 0) break;
        merged.push(newcomer);
        next += 1;
      }
      merged.push(id);
    }
    for (; next < newcomers.length; next += 1) merged.push(newcomers[next] ?? '');
    this.sorted = merged;
  }
}
