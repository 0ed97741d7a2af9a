/** Where to go after signing in: a page of ours, never another site. */
export function ownPath(returnTo: string | null): string {
  if (returnTo === null || !returnTo.startsWith('/') || !URL.canParse(returnTo, location.origin)) return '/';
  const url = new URL(returnTo, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : '/';
}
