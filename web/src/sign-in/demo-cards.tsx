import { useMutation } from '@tanstack/react-query';
import { Avatar } from '../components/avatar';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useLanguage } from '../texts/language';
import { useTexts } from '../texts/texts';
import { signInTexts } from './sign-in-texts';
import { continueAs, type DemoPerson } from './ways-in';

const ROLES = { STUDENT: 'student', INSTRUCTOR: 'instructor', ADMIN: 'admin' } as const;

/** The people of the demo: one press, and you are them. */
export function DemoCards({
  people,
  onEntered,
}: {
  readonly people: readonly DemoPerson[];
  readonly onEntered: () => Promise<void>;
}) {
  const words = useTexts(signInTexts);
  const language = useLanguage();
  const sentence = useErrorSentence();
  const { mutate, isPending } = useMutation({
    mutationFn: continueAs,
    onSuccess: onEntered,
    onError: (error) => toast('bad', sentence(error)),
  });
  return (
    <section aria-labelledby="demo">
      <h2 id="demo" className="text-base font-semibold">
        {words.demo}
      </h2>
      <p className="mt-1 mb-4 text-ink-soft">{words.demoHint}</p>
      <ul className="grid gap-2 sm:grid-cols-2">
        {people.map(({ id, name, role, about }) => (
          <li key={id}>
            <button
              type="button"
              disabled={isPending}
              onClick={() => mutate(id)}
              className="flex min-h-16 w-full items-center gap-3 rounded-lg border border-line bg-raised px-4 py-2 text-left transition-colors hover:border-line-strong hover:bg-surface"
            >
              <Avatar url={null} name={name} className="size-9" />
              <span className="min-w-0">
                <span className="block">
                  <span className="font-medium">{name}</span>{' '}
                  <span className="text-ink-faint">{words[ROLES[role]]}</span>
                </span>
                <span className="block text-ink-soft">{about[language]}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
