import { clsx } from 'clsx';
import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type ReactNode } from 'react';

const ITEM =
  'flex min-h-10 items-center gap-2 rounded-md px-3 py-1.5 text-sm outline-none data-[highlighted]:bg-surface data-[disabled]:opacity-60';

/**
 * A menu behind a button, within the landmark in which the button is. Not modal: Radix would write a style element for
 * that, which the content security policy forbids.
 */
export function Menu({ trigger, children }: { readonly trigger: ReactNode; readonly children: ReactNode }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Content
        align="end"
        sideOffset={4}
        collisionPadding={8}
        className="z-30 max-w-[calc(100vw-1rem)] min-w-52 animate-appear rounded-lg border border-line bg-raised p-1 shadow-lg"
      >
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

export function MenuItem({
  dangerous = false,
  onSelect,
  children,
}: {
  readonly dangerous?: boolean;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}) {
  return (
    <DropdownMenu.Item className={clsx(ITEM, dangerous && 'text-danger')} onSelect={onSelect}>
      {children}
    </DropdownMenu.Item>
  );
}

/** One of several, with a tick at the chosen one. */
export function MenuChoice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly options: Readonly<Record<Value, string>>;
  readonly onChange: (value: Value) => void;
}) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={(chosen) => onChange(chosen as Value)} aria-label={label}>
      <DropdownMenu.Label className="px-3 pt-2 pb-1 text-xs text-ink-faint">{label}</DropdownMenu.Label>
      {(Object.entries(options) as [Value, string][]).map(([option, name]) => (
        <DropdownMenu.RadioItem key={option} value={option} className={ITEM}>
          <span className="w-4">
            <DropdownMenu.ItemIndicator>
              <Check aria-hidden className="size-4" />
            </DropdownMenu.ItemIndicator>
          </span>
          {name}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />;
}
