import { useMutation } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { type SubmitEvent, useId } from 'react';
import { codeOf } from '../api/request';
import { Button } from '../components/button';
import { useErrorSentence } from '../components/error-state';
import { useTexts } from '../texts/texts';
import { signInTexts } from './sign-in-texts';
import { signInWith } from './ways-in';

/** For those who try the service by hand: the platform's own page posts its token without anybody seeing it. */
export function TokenForm({ onEntered }: { readonly onEntered: () => Promise<void> }) {
  const words = useTexts(signInTexts);
  const sentence = useErrorSentence();
  const id = useId();
  const { mutate, isPending, error } = useMutation({ mutationFn: signInWith, onSuccess: onEntered });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    if (typeof token === 'string' && token.trim() !== '') mutate(token.trim());
  };
  return (
    <details className="group border-t border-line pt-2">
      <summary className="inline-flex min-h-11 list-none items-center gap-2 rounded-md text-ink-soft hover:text-ink">
        <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
        {words.token}
      </summary>
      <form onSubmit={submit} className="mt-2 max-w-xl space-y-3">
        <label htmlFor={id} className="block font-medium">
          {words.tokenLabel}
        </label>
        <div className="flex gap-2">
          <input
            id={id}
            name="token"
            type="password"
            required
            autoComplete="off"
            spellCheck={false}
            aria-describedby={`${id}-hint`}
            aria-invalid={error !== null}
            className="min-h-11 min-w-0 flex-1 rounded-md border border-line-strong bg-raised px-3 font-mono sm:min-h-10"
          />
          <Button type="submit" busy={isPending}>
            {words.signIn}
          </Button>
        </div>
        <p id={`${id}-hint`} role={error ? 'alert' : undefined} className={error ? 'text-danger' : 'text-ink-soft'}>
          {error ? (codeOf(error) === 'UNAUTHENTICATED' ? words.badTokenTyped : sentence(error)) : words.tokenHint}
        </p>
      </form>
    </details>
  );
}
