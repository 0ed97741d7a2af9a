import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearchParams } from 'react-router';
import { Banner } from '../components/banner';
import { buttonClass } from '../components/button';
import { ErrorState } from '../components/error-state';
import { OfflineBanner } from '../components/offline-banner';
import { Skeleton } from '../components/skeleton';
import { LanguageSwitch } from '../shell/app-shell';
import { Brand } from '../shell/brand';
import { PageTitle } from '../shell/page-title';
import { useTexts } from '../texts/texts';
import { DemoCards } from './demo-cards';
import { ownPath } from './return-to';
import { signInTexts } from './sign-in-texts';
import { TokenForm } from './token-form';
import { waysIn } from './ways-in';

/** `/sign-in`: by the platform, by Discord, and in the demo as anybody. */
export function SignInPage() {
  const words = useTexts(signInTexts);
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const returnTo = ownPath(search.get('returnTo'));
  const { data, error, refetch } = useQuery({ queryKey: ['ways-in'], queryFn: ({ signal }) => waysIn(signal) });
  const enter = async () => {
    // Whatever was known of somebody before is forgotten.
    queries.clear();
    await navigate(returnTo, { replace: true });
  };

  return (
    <div className="flex min-h-dvh flex-col">
      <OfflineBanner />
      <header className="mx-auto flex min-h-14 w-full max-w-3xl items-center px-4 sm:px-6">
        <Brand />
        <div className="-mr-3 ml-auto">
          <LanguageSwitch />
        </div>
      </header>
      <main className="mx-auto w-full max-w-3xl flex-1 px-4 py-8 sm:px-6 sm:py-16">
        <PageTitle title={words.title}>
          <p className="text-base">{words.intro}</p>
        </PageTitle>
        <Problem search={search} />
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton className="h-11 w-56" />}
        {data && (
          <div className="space-y-10">
            <div className="space-y-4">
              {data.discord && (
                <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
                  {/* The service answers with a redirect to Discord: no page of the router. */}
                  <a
                    href={`/auth/discord/sign-in?${new URLSearchParams({ returnTo }).toString()}`}
                    className={buttonClass('primary', 'max-sm:w-full')}
                  >
                    {words.discord}
                  </a>
                  <p className="text-ink-soft">{words.discordHint}</p>
                </div>
              )}
              <p className="text-ink-soft">{words.platform}</p>
            </div>
            {data.demo.length > 0 && <DemoCards people={data.demo} onEntered={enter} />}
            <TokenForm onEntered={enter} />
          </div>
        )}
      </main>
    </div>
  );
}

/** Why somebody is here again: a hand-off or a sign-in at Discord that failed, or a session that has ended. */
function Problem({ search }: { readonly search: URLSearchParams }) {
  const words = useTexts(signInTexts);
  const problem = search.get('problem') ?? search.get('code');
  const text =
    search.get('discord') === 'cancelled'
      ? words.cancelled
      : problem === 'UNAUTHENTICATED' || problem === 'BAD_USER_INPUT'
        ? words.badToken
        : problem === 'NOT_LINKED'
          ? words.notLinked
          : problem === 'FORBIDDEN'
            ? words.forbidden
            : problem !== null
              ? words.failed
              : search.has('returnTo')
                ? words.ended
                : null;
  if (text === null) return null;
  return (
    <div className="mb-8">
      <Banner kind={problem === null ? 'info' : 'trouble'} title={text} />
    </div>
  );
}
