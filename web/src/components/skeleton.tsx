import { clsx } from 'clsx';
import { texts, useTexts } from '../texts/texts';

const skeletonTexts = texts({ loading: 'Loading …' }, { loading: 'Memuat …' });

/** A grey place where a line of text will be, as tall as the line. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden className={clsx('block h-4 animate-pulse rounded-md bg-waiting-soft', className)} />;
}

/** The first look at a list: rows as tall as those that will come. */
export function SkeletonRows({ rows, className }: { readonly rows: number; readonly className?: string }) {
  const words = useTexts(skeletonTexts);
  return (
    <div role="status" className={className}>
      <span className="sr-only">{words.loading}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div
          key={row}
          aria-hidden
          className="flex min-h-18 flex-col justify-center gap-2 border-t border-line px-4 py-3 sm:px-6"
        >
          <Skeleton className="w-40" />
          <Skeleton className="w-64 max-w-full" />
        </div>
      ))}
    </div>
  );
}
