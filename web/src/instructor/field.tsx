import { clsx } from 'clsx';
import { type ComponentProps, type ReactNode, useId } from 'react';

const BOX =
  'min-h-11 w-full rounded-md border border-line-strong bg-raised px-3 py-1.5 text-sm text-ink placeholder:text-ink-faint sm:min-h-10';

function Labelled({
  id,
  label,
  hint,
  children,
}: {
  readonly id: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="mt-1 text-ink-soft">
          {hint}
        </p>
      )}
    </div>
  );
}

interface Named {
  readonly label: string;
  readonly hint?: ReactNode;
}

const described = (id: string, hint: ReactNode) => (hint === undefined ? {} : { 'aria-describedby': `${id}-hint` });

/** A line to write in, under its name. */
export function TextField({ label, hint, className, ...rest }: ComponentProps<'input'> & Named) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint}>
      <input id={id} className={clsx(BOX, className)} {...described(id, hint)} {...rest} />
    </Labelled>
  );
}

/** Several lines to write in. */
export function TextArea({ label, hint, className, ...rest }: ComponentProps<'textarea'> & Named) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint}>
      <textarea id={id} rows={3} className={clsx(BOX, className)} {...described(id, hint)} {...rest} />
    </Labelled>
  );
}

/** One of many; the browser's own list, which every keyboard and phone knows. */
export function SelectField({ label, hint, className, ...rest }: ComponentProps<'select'> & Named) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint}>
      <select id={id} className={clsx(BOX, className)} {...described(id, hint)} {...rest} />
    </Labelled>
  );
}

/** What is searched for; its name is only heard. */
export function SearchField({ label, className, ...rest }: ComponentProps<'input'> & { readonly label: string }) {
  return <input type="search" aria-label={label} placeholder={label} className={clsx(BOX, className)} {...rest} />;
}
