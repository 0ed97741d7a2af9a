import { DomainError } from '../common/domain-error';

/** The longest address that we send a browser back to. */
const MAX_LENGTH = 2_000;

/** How linking ended, as the page that started it is told: `?discord=…`. */
export type LinkOutcome = 'connected' | 'cancelled' | 'error';

/**
 * Where the browser goes after linking, as an absolute URL: a path of this service, or a page of an allowed origin.
 * Anything else would let a link to us lead people to a stranger's page.
 *
 * @throws DomainError BAD_USER_INPUT
 */
export function allowedReturnTo(returnTo: string, publicUrl: string, corsOrigins: readonly string[]): string {
  const url =
    returnTo.length <= MAX_LENGTH && /^(\/|https?:\/\/)/i.test(returnTo) && URL.canParse(returnTo, publicUrl)
      ? // "//host" and "/\host" start like a path and resolve to another origin, so only the resolved origin counts.
        new URL(returnTo, publicUrl)
      : null;
  const origins = [publicUrl, ...corsOrigins].map(originOf);
  if (!url || !origins.includes(url.origin) || url.username !== '' || url.password !== '') {
    throw new DomainError(
      'BAD_USER_INPUT',
      '"returnTo" must be a path that starts with "/", or a page of this service or of an origin listed in CORS_ORIGINS.',
    );
  }
  return url.href;
}

/** The address to return to, with what happened: `discord`, and `code` when it failed. */
export function withOutcome(returnTo: string, outcome: LinkOutcome, code?: string): string {
  const url = new URL(returnTo);
  url.searchParams.set('discord', outcome);
  if (code === undefined) url.searchParams.delete('code');
  else url.searchParams.set('code', code);
  return url.href;
}

function originOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).origin : null;
}
