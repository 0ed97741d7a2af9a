/** The cookie that binds a linking in progress to the browser that started it. */
export interface LinkCookie {
  readonly name: string;
  readonly secure: boolean;
}

/** With https the `__Host-` prefix keeps sibling domains from planting a cookie of that name. */
export function linkCookie(publicUrl: string): LinkCookie {
  const secure = new URL(publicUrl).protocol === 'https:';
  return { name: `${secure ? '__Host-' : ''}anycademy_discord_link`, secure };
}

/** SameSite=Lax: sent along when Discord sends the browser back, and by no other site's form or script. */
export function setCookieHeader(cookie: LinkCookie, value: string, maxAgeSeconds: number): string {
  const attributes = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax`;
  return `${cookie.name}=${value}; ${attributes}${cookie.secure ? '; Secure' : ''}`;
}

/** The cookie's value in a Cookie header (RFC 6265); null when it is not there or not one that we could have set. */
export function readCookie(cookie: LinkCookie, header: string | undefined): string | null {
  for (const pair of header?.split(';') ?? []) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === cookie.name && value !== undefined && /^[\w-]{43}$/.test(value.trim())) return value.trim();
  }
  return null;
}
