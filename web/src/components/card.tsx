import { clsx } from 'clsx';
import { type ReactNode, useId } from 'react';

/** One thing with a heading: a hairline around it, no boxes within. */
export function Card({
  title,
  aside,
  className,
  children,
}: {
  readonly title: ReactNode;
  /** At the heading's right. */
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className={clsx('rounded-lg border border-line bg-raised', className)}>
      <header className="flex min-h-14 items-center gap-3 px-4 py-2 sm:px-6">
        <h2 id={heading} className="text-base font-semibold">
          {title}
        </h2>
        {aside !== undefined && <div className="flex min-w-0 grow items-center justify-end gap-2">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
