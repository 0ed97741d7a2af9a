/**
 * Whether a page of this origin may sign its visitors in. A browser names the origin of every page that posts a form;
 * "null" (a page that hides it) is nobody.
 */
export function mayHandOff(origin: string | undefined, publicUrl: string, corsOrigins: readonly string[]): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  const origins = [publicUrl, ...corsOrigins].flatMap((url) => (URL.canParse(url) ? [new URL(url).origin] : []));
  return origins.includes(new URL(origin).origin);
}

/** Whether the other end of a connection is this very machine. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);
}
