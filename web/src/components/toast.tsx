import { CircleCheck, CircleX, X } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { texts, useTexts } from '../texts/texts';

/** How long it stays, milliseconds. What went wrong stays until it is closed. */
const STAYS = 6_000;

interface Toast {
  readonly id: number;
  readonly kind: 'good' | 'bad';
  readonly text: string;
}

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says what has just been done, or has not. */
export function toast(kind: Toast['kind'], text: string): void {
  lastId += 1;
  change([...toasts.filter((each) => each.text !== text), { id: lastId, kind, text }].slice(-3));
}

const toastTexts = texts({ close: 'Close' }, { close: 'Tutup' });

/** Where toasts appear; once in a page. */
export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div role="status" className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-center gap-2">
      {shown.map((each) => (
        <ToastLine key={each.id} {...each} />
      ))}
    </div>
  );
}

function ToastLine({ id, kind, text }: Toast) {
  const words = useTexts(toastTexts);
  useEffect(() => {
    if (kind === 'bad') return;
    const timer = setTimeout(() => change(toasts.filter((each) => each.id !== id)), STAYS);
    return () => clearTimeout(timer);
  }, [id, kind]);
  const Icon = kind === 'good' ? CircleCheck : CircleX;
  return (
    <div className="pointer-events-auto flex max-w-xl animate-appear items-center gap-3 rounded-lg border border-line bg-raised py-2 pr-2 pl-4 shadow-lg">
      <Icon aria-hidden className={kind === 'good' ? 'size-5 shrink-0 text-joined' : 'size-5 shrink-0 text-danger'} />
      <p className="min-w-0">{text}</p>
      <button
        type="button"
        aria-label={words.close}
        className="grid size-10 shrink-0 place-items-center rounded-md text-ink-soft hover:bg-surface"
        onClick={() => change(toasts.filter((each) => each.id !== id))}
      >
        <X aria-hidden className="size-4" />
      </button>
    </div>
  );
}
