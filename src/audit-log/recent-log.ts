import { type LogRow } from './log-row';

interface Entry {
  readonly seq: bigint;
  readonly row: LogRow;
}

/**
 * The last entries of the log, without a gap: shared by everybody who follows it, so that an entry is loaded once and
 * kept once, however many follow and however slowly.
 */
export class RecentLog {
  private entries: Entry[] = [];
  /** Where the kept part begins: everything after it up to {@link end} is here. */
  private start: bigint;

  /** @param end where the log ended when this began; @param size how many entries are kept. */
  constructor(
    public end: bigint,
    private readonly size: number,
  ) {
    this.start = end;
  }

  /** Takes the entries that follow {@link end}. */
  append(rows: readonly LogRow[]): void {
    for (const row of rows) this.entries.push({ seq: BigInt(row.seq), row });
    this.end = this.entries.at(-1)?.seq ?? this.end;
    const surplus = this.entries.splice(0, Math.max(0, this.entries.length - this.size));
    this.start = surplus.at(-1)?.seq ?? this.start;
  }

  /** The entries after `seq`, oldest first; undefined when some of them are no longer kept. */
  after(seq: bigint): readonly LogRow[] | undefined {
    if (seq < this.start) return undefined;
    let first = this.entries.length;
    // From the end: whoever keeps up finds the place at once.
    while (first > 0 && (this.entries[first - 1]?.seq ?? 0n) > seq) first -= 1;
    return this.entries.slice(first).map((entry) => entry.row);
  }
}
