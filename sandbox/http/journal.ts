/** One call of the HTTP API or of OAuth2. */
interface JournalEntry {
  readonly n: number;
  /** When it arrived, ISO 8601. */
  readonly at: string;
  readonly method: string;
  /** The path without `/api` and version, every id, code and token as `:id`. */
  readonly route: string;
  readonly path: string;
  readonly status: number;
  readonly bucket: string | null;
  /** What was left in the bucket, null without one. */
  readonly remaining: number | null;
  readonly ms: number;
}

interface JournalSummary {
  total: number;
  byRoute: Record<string, Record<string, number>>;
  rateLimited: number;
  invalid: number;
  peakPerSecond: number;
}

/** Entries kept for reading; the summary counts all of them. */
const KEPT_ENTRIES = 50_000;

/** What was asked of the local Discord since the journal was last emptied. */
export class Journal {
  private entries: JournalEntry[] = [];
  private readonly listeners = new Set<() => void>();
  private summary = emptySummary();
  /** Numbers go on when the journal is emptied, so that a reader's `since` stays valid. */
  private nextNumber = 1;
  /** Arrival times of the last second, milliseconds. */
  private lastSecond: number[] = [];

  /** Calls back after every call. Returns the function that ends it. */
  onEntry(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  add(startedAt: number, entry: Omit<JournalEntry, 'n' | 'at'>, countsAsInvalid: boolean): void {
    this.entries.push({ n: this.nextNumber, at: new Date(startedAt).toISOString(), ...entry });
    this.nextNumber += 1;
    // In steps of a tenth, since removing from the front moves everything behind it.
    if (this.entries.length > KEPT_ENTRIES * 1.1) this.entries = this.entries.slice(-KEPT_ENTRIES);
    const statuses = (this.summary.byRoute[`${entry.method} ${entry.route}`] ??= {});
    statuses[String(entry.status)] = (statuses[String(entry.status)] ?? 0) + 1;
    this.summary.total += 1;
    if (entry.status === 429) this.summary.rateLimited += 1;
    if (countsAsInvalid) this.summary.invalid += 1;
    this.countSecond(startedAt);
    for (const listener of this.listeners) listener();
  }

  /** Calls with a number of at least `since`. */
  since(since: number): { next: number; requests: JournalEntry[] } {
    const first = this.entries[0]?.n ?? this.nextNumber;
    return { next: this.nextNumber, requests: this.entries.slice(Math.max(0, since - first)) };
  }

  summarize(): JournalSummary {
    return this.summary;
  }

  clear(): void {
    this.entries = [];
    this.summary = emptySummary();
    this.lastSecond = [];
  }

  private countSecond(at: number): void {
    this.lastSecond.push(at);
    const stale = this.lastSecond.findIndex((time) => time > at - 1000);
    if (stale > 0) this.lastSecond.splice(0, stale);
    this.summary.peakPerSecond = Math.max(this.summary.peakPerSecond, this.lastSecond.length);
  }
}

function emptySummary(): JournalSummary {
  return { total: 0, byRoute: {}, rateLimited: 0, invalid: 0, peakPerSecond: 0 };
}
