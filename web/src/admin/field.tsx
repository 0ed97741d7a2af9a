import { clsx } from 'clsx';
import { type ComponentProps, type ReactNode, useId } from 'react';

const FIELD =
  'min-h-11 w-full min-w-0 rounded-md border border-line-strong bg-raised px-3 py-1.5 text-sm text-ink sm:min-h-10';

/** A line to type in, under its name. */
export function TextField({ label, className, ...rest }: ComponentProps<'input'> & { readonly label: string }) {
  const id = useId();
  return (
    <Labelled id={id} label={label} className={className}>
      <input id={id} className={FIELD} {...rest} />
    </Labelled>
  );
}

/** One of several; '' is all of them. */
export function ChoiceField<Value extends string>({
  label,
  all,
  value,
  options,
  className,
  onChange,
}: {
  readonly label: string;
  /** What stands for no choice. */
  readonly all: string;
  readonly value: Value | '';
  readonly options: readonly (readonly [value: Value, name: string])[];
  readonly className?: string;
  readonly onChange: (value: Value | '') => void;
}) {
  const id = useId();
  return (
    <Labelled id={id} label={label} className={className}>
      <select id={id} className={FIELD} value={value} onChange={(event) => onChange(event.target.value as Value | '')}>
        <option value="">{all}</option>
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

function Labelled({
  id,
  label,
  className,
  children,
}: {
  readonly id: string;
  readonly label: string;
  readonly className: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <div className={clsx('min-w-0', className)}>
      <label htmlFor={id} className="mb-1 block text-xs text-ink-faint">
        {label}
      </label>
      {children}
    </div>
  );
}
