import { Check, LoaderCircle, TriangleAlert } from 'lucide-react';
import { type PreflightCheckId } from '../api/enums.generated';
import { checkTexts, useMending } from '../texts/check-texts';
import { useTexts } from '../texts/texts';

export interface CheckLine {
  readonly id: PreflightCheckId;
  readonly passed: boolean;
  readonly required: boolean;
  readonly message: string;
}

/** The service names Discord's own dialog within its sentence. */
const ADDRESS = /https?:\/\/\S+/;

function AddBot({ message }: { readonly message: string }) {
  const words = useTexts(checkTexts);
  const address = ADDRESS.exec(message)?.[0];
  return (
    <>
      {' '}
      <a
        href={address}
        target="_blank"
        rel="noopener noreferrer"
        className="whitespace-nowrap text-accent underline underline-offset-3 hover:text-accent-strong"
      >
        {words.addBot}
      </a>
    </>
  );
}

/** Checks that a person has to mend, the required ones first, then what is in place. */
export function CheckList({ checks, isLive }: { readonly checks: readonly CheckLine[]; readonly isLive: boolean }) {
  const words = useTexts(checkTexts);
  const mending = useMending();
  const rank = ({ passed, required }: CheckLine) => (passed ? 2 : required ? 0 : 1);
  // Without the bot nothing else can be told.
  const absent = checks.find(({ id, passed }) => id === 'BOT_PRESENT' && !passed);
  const lines = absent ? [absent] : [...checks].sort((a, b) => rank(a) - rank(b));
  const isMissing = checks.some(({ passed, required }) => required && !passed);
  return (
    <div>
      <ul aria-label={words.title} className="space-y-2">
        {lines.map(({ id, passed, required, message }) => (
          <li key={id} className="flex items-start gap-3">
            {passed ? (
              <Check role="img" aria-label={words.passed} className="mt-0.5 size-4 shrink-0 text-joined" />
            ) : (
              <TriangleAlert
                role="img"
                aria-label={words.failed}
                className={required ? 'mt-0.5 size-4 shrink-0 text-danger' : 'mt-0.5 size-4 shrink-0 text-ink-faint'}
              />
            )}
            <div className="min-w-0">
              <p className={passed ? undefined : 'font-medium'}>{words[id]}</p>
              {!passed && (
                <p className="text-ink-soft">
                  {!required && `${words.optional} `}
                  {mending({ id, message })}
                  {ADDRESS.test(message) && <AddBot message={message} />}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
      {isLive && isMissing && (
        <p className="mt-3 flex items-center gap-2 text-ink-soft">
          <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin" />
          {words.checking}
        </p>
      )}
    </div>
  );
}
