import { AlertDialog } from 'radix-ui';
import { createContext, type ReactNode, useContext } from 'react';
import { texts, useTexts } from '../texts/texts';
import { Button } from './button';

const dialogTexts = texts({ cancel: 'Cancel' }, { cancel: 'Batal' });

/** Where dialogs are put; null: at the end of the page. Components in a page of others bring a place with their styles. */
export const DialogPlace = createContext<HTMLElement | null>(null);

/**
 * Asks before something is done that cannot simply be taken back. Closes when it was done.
 * Radix's own overlay is not used: it writes a style element, which the content security policy forbids.
 */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  children,
  confirm,
  dangerous = false,
  busy = false,
  onConfirm,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** What it will do. */
  readonly children: ReactNode;
  /** The verb on the button. */
  readonly confirm: string;
  readonly dangerous?: boolean;
  readonly busy?: boolean;
  readonly onConfirm: () => void;
}) {
  const words = useTexts(dialogTexts);
  const place = useContext(DialogPlace);
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal container={place}>
        <div aria-hidden className="fixed inset-0 z-40 animate-appear bg-[#00000080]" />
        <AlertDialog.Content
          aria-modal
          className="fixed inset-x-4 top-1/2 z-50 mx-auto max-h-[calc(100dvh-2rem)] max-w-lg -translate-y-1/2 animate-appear overflow-y-auto overscroll-contain rounded-lg border border-line bg-raised p-6"
        >
          <AlertDialog.Title className="text-base font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mt-2 space-y-2 text-ink-soft">{children}</div>
          </AlertDialog.Description>
          <div className="mt-6 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>{words.cancel}</Button>
            </AlertDialog.Cancel>
            <Button look={dangerous ? 'danger' : 'primary'} busy={busy} onClick={onConfirm}>
              {confirm}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
