import { RadioGroup } from 'radix-ui';
import { type ReactNode, useId } from 'react';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly title: ReactNode;
  readonly hint?: string;
}

/** One of a few, each with what it means. */
export function Choices<Value extends string>({
  label,
  value,
  options,
  onChange,
  className = 'grid gap-2 sm:grid-cols-3',
}: {
  readonly label: string;
  readonly value: Value | null;
  readonly options: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
  readonly className?: string;
}) {
  const id = useId();
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value ?? ''}
      onValueChange={(chosen) => onChange(chosen as Value)}
      className={className}
    >
      {options.map((option) => (
        <div
          key={option.value}
          className="flex items-start gap-3 rounded-lg border border-line p-3 transition-colors has-data-[state=checked]:border-accent has-data-[state=checked]:bg-accent-soft"
        >
          <RadioGroup.Item
            id={`${id}-${option.value}`}
            value={option.value}
            {...(option.hint === undefined ? {} : { 'aria-describedby': `${id}-${option.value}-hint` })}
            className="mt-0.5 grid size-5 shrink-0 place-items-center rounded-full border border-line-strong bg-raised data-[state=checked]:border-accent"
          >
            <RadioGroup.Indicator className="size-2.5 rounded-full bg-accent" />
          </RadioGroup.Item>
          <div className="min-w-0 flex-1">
            <label htmlFor={`${id}-${option.value}`} className="block font-medium">
              {option.title}
            </label>
            {option.hint !== undefined && (
              <p id={`${id}-${option.value}-hint`} className="text-ink-soft">
                {option.hint}
              </p>
            )}
          </div>
        </div>
      ))}
    </RadioGroup.Root>
  );
}
