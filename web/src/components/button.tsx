import { clsx } from 'clsx';
import { LoaderCircle } from 'lucide-react';
import { type ComponentProps } from 'react';
import { Link } from 'react-router';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';
type Room = 'px-4' | 'px-3' | 'px-2' | 'px-0';

const LOOKS: Record<Look, string> = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-strong',
  plain: 'border border-line-strong bg-raised text-ink hover:bg-surface',
  quiet: 'text-ink-soft hover:bg-surface hover:text-ink',
  danger: 'border border-danger text-danger hover:bg-danger-soft',
};

/** 40 px high, 44 on a phone: a thumb hits it. @param room at both sides: of two classes that say it, one would win by chance */
export function buttonClass(look: Look = 'plain', className?: string, room: Room = 'px-4'): string {
  return clsx(
    room,
    'inline-flex min-h-11 items-center justify-center gap-2 rounded-md py-1.5 text-sm font-medium whitespace-nowrap transition-colors sm:min-h-10',
    'disabled:cursor-default disabled:opacity-60',
    LOOKS[look],
    className,
  );
}

interface Own {
  readonly look?: Look;
}

/** @param busy shows that it is being done; it cannot be pressed again until then */
export function Button({
  look,
  busy = false,
  className,
  children,
  disabled,
  ...rest
}: ComponentProps<'button'> & Own & { readonly busy?: boolean }) {
  return (
    <button
      type="button"
      className={buttonClass(look, className)}
      disabled={busy || disabled === true}
      aria-busy={busy}
      {...rest}
    >
      {busy && <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin" />}
      {children}
    </button>
  );
}

/** Looks like a button and goes to a page of ours. */
export function ButtonLink({ look, className, ...rest }: ComponentProps<typeof Link> & Own) {
  return <Link className={buttonClass(look, className)} {...rest} />;
}

/** Looks like a button and opens another site in a tab of its own, on the click itself: nothing blocks that. */
export function ButtonOut({ look, className, ...rest }: ComponentProps<'a'> & Own) {
  return <a target="_blank" rel="noopener noreferrer" className={buttonClass(look, className)} {...rest} />;
}
