import { type LucideIcon } from 'lucide-react';
import { type ReactNode } from 'react';

/** Nothing is here yet: what will make something appear, and the button that does it. */
export function EmptyState({
  icon: Icon,
  title,
  isPage = false,
  action,
  children,
}: {
  readonly icon: LucideIcon;
  readonly title: string;
  /** There is nothing else on the page. */
  readonly isPage?: boolean;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-12 text-center">
      <Icon aria-hidden className="size-8 text-ink-faint" strokeWidth={1.5} />
      <Title className="text-base font-medium">{title}</Title>
      <div className="max-w-md text-ink-soft">{children}</div>
      {action !== undefined && <div className="mt-4">{action}</div>}
    </div>
  );
}
