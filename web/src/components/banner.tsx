import { clsx } from 'clsx';
import { CircleCheck, CircleX, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import { type ReactNode } from 'react';

const KINDS = {
  info: ['border-line bg-surface text-ink', 'text-ink-soft', Info],
  good: ['border-joined-soft bg-joined-soft text-ink', 'text-joined', CircleCheck],
  trouble: ['border-trouble-soft bg-trouble-soft text-ink', 'text-trouble', TriangleAlert],
  danger: ['border-danger-soft bg-danger-soft text-ink', 'text-danger', CircleX],
} as const satisfies Record<string, readonly [look: string, iconLook: string, icon: LucideIcon]>;

/** One verdict: what is, what that means, and at most one thing to do. */
export function Banner({
  kind,
  title,
  action,
  children,
}: {
  readonly kind: keyof typeof KINDS;
  readonly title: ReactNode;
  readonly action?: ReactNode;
  readonly children?: ReactNode;
}) {
  const [look, iconLook, Icon] = KINDS[kind];
  return (
    <div className={clsx('flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border px-4 py-3 sm:px-6', look)}>
      <div className="flex min-w-0 flex-1 basis-64 items-start gap-3">
        <Icon aria-hidden className={clsx('mt-0.5 size-5 shrink-0', iconLook)} />
        <div className="min-w-0">
          <p className="font-medium">{title}</p>
          {children !== undefined && <div className="text-ink-soft">{children}</div>}
        </div>
      </div>
      {action}
    </div>
  );
}
