import { clsx } from 'clsx';

export interface Step {
  readonly key: string;
  readonly name: string;
  readonly count: number;
  /** How many it is, and of what share, in words. */
  readonly told: string;
  /** Its colour as a background class. */
  readonly look: string;
}

/** One bar under another, each as long as its share of the longest. */
export function FunnelChart({ label, steps }: { readonly label: string; readonly steps: readonly Step[] }) {
  const most = Math.max(1, ...steps.map(({ count }) => count));
  return (
    <ol aria-label={label} className="space-y-3 sm:space-y-2">
      {steps.map(({ key, name, count, told, look }) => (
        <li
          key={key}
          className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1 sm:grid-cols-[11rem_minmax(0,1fr)_9rem]"
        >
          <span>{name}</span>
          <span className="text-right text-ink-soft tabular-nums sm:order-last">{told}</span>
          <span aria-hidden className="h-3 rounded-md bg-waiting-soft max-sm:col-span-2 sm:h-7">
            <span
              className={clsx('block h-full rounded-md', count > 0 && 'min-w-0.5', look)}
              style={{ width: `${(count / most) * 100}%` }}
            />
          </span>
        </li>
      ))}
    </ol>
  );
}
