import fc from 'fast-check';
import { type LogRow } from './log-row';
import { RecentLog } from './recent-log';

const row = (seq: number): LogRow => ({
  seq: String(seq),
  id: String(seq),
  action: 'sync',
  status: 'success',
  userId: null,
  courseId: null,
  guildId: null,
  actorId: null,
  runId: null,
  details: null,
  errorMessage: null,
  createdAt: new Date(0),
  membershipId: null,
  previousStatus: null,
  newStatus: null,
  reason: null,
});
const seqs = (rows: readonly LogRow[] | undefined) => rows?.map(({ seq }) => Number(seq));

describe('the recent part of the log', () => {
  it('knows nothing of what was before it began', () => {
    const recent = new RecentLog(10n, 3);
    expect(recent.after(9n)).toBeUndefined();
    expect(recent.after(10n)).toEqual([]);
  });

  it('keeps the last entries and says when an older one is asked for', () => {
    const recent = new RecentLog(0n, 3);
    recent.append([1, 2, 4, 7].map(row));
    expect(recent.end).toBe(7n);
    expect(recent.after(0n)).toBeUndefined();
    expect(seqs(recent.after(1n))).toEqual([2, 4, 7]);
    expect(seqs(recent.after(5n))).toEqual([7]);
    expect(seqs(recent.after(99n))).toEqual([]);
  });

  it('gives either exactly what follows a place or nothing at all, and never keeps more than its size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 8 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(80),
        (pages, size, place) => {
          const recent = new RecentLog(0n, size);
          const all: number[] = [];
          for (const steps of pages) {
            const page: number[] = [];
            for (const step of steps) page.push((page.at(-1) ?? all.at(-1) ?? 0) + step);
            all.push(...page);
            recent.append(page.map(row));
          }
          const kept = place >= (all.at(-size - 1) ?? 0);
          expect(seqs(recent.after(BigInt(place)))).toEqual(kept ? all.filter((seq) => seq > place) : undefined);
          expect(recent.after(recent.end)).toEqual([]);
        },
      ),
    );
  });
});
