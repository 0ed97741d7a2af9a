import { Check, Circle, TriangleAlert } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { Button } from '../components/button';
import { useTexts } from '../texts/texts';
import { setupTexts } from './setup-texts';

export type StepState = 'done' | 'trouble' | 'open' | 'waits';

/** A step of the set-up: one line when it is done, and what there is to do while it is not. */
export function Step({
  number,
  title,
  summary,
  state,
  onChange,
  children,
}: {
  readonly number: number;
  readonly title: string;
  /** What was chosen, or what is wrong. */
  readonly summary?: ReactNode;
  readonly state: StepState;
  /** Opens a step that is done again. */
  readonly onChange?: (() => void) | undefined;
  readonly children?: ReactNode;
}) {
  const words = useTexts(setupTexts);
  const heading = useId();
  return (
    <li className="border-t border-line px-4 py-4 sm:px-6" aria-current={state === 'open' ? 'step' : undefined}>
      <section aria-labelledby={heading}>
        <header className="flex min-h-10 flex-wrap items-center gap-x-3">
          <span aria-hidden className="w-4 text-ink-faint tabular-nums">
            {number}
          </span>
          <h3 id={heading} className="w-20 font-medium">
            {title}
          </h3>
          <span className="flex min-w-0 flex-1 items-center gap-2">
            {state === 'done' && (
              <Check role="img" aria-label={words.stepDone} className="size-4 shrink-0 text-joined" />
            )}
            {state === 'trouble' && (
              <TriangleAlert role="img" aria-label={words.stepTrouble} className="size-4 shrink-0 text-danger" />
            )}
            {state === 'waits' && (
              <Circle role="img" aria-label={words.stepWaits} className="size-4 shrink-0 text-ink-faint" />
            )}
            <span className="min-w-0">{summary}</span>
          </span>
          {onChange && (
            <Button look="quiet" className="-mr-3" aria-label={words.changeStep(title)} onClick={onChange}>
              {words.change}
            </Button>
          )}
        </header>
        {children !== undefined && children !== false && <div className="mt-3 sm:ml-7">{children}</div>}
      </section>
    </li>
  );
}
