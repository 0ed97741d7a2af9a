/** The cookie that holds the session of the web UI. */
export interface SessionCookie {
  readonly name: string;
  readonly secure: boolean;
}

/** With https the `__Host-` prefix keeps sibling domains from planting a session of theirs. */
export function sessionCookie(publicUrl: string): SessionCookie {
  const secure = new URL(publicUrl).protocol === 'https:';
  return { name: `${secure ? '__Host-' : ''}anycademy_session`, secure };
}

/** SameSite=Strict: no other site's link, form or script takes it along. @param maxAgeSeconds 0 takes the cookie away */
export function setSessionHeader(cookie: SessionCookie, value: string, maxAgeSeconds: number): string {
  const attributes = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict`;
  return `${cookie.name}=${value}; ${attributes}${cookie.secure ? '; Secure' : ''}`;
}

/** The cookie's value in a Cookie header; null when it is not there. Of two with that name neither is believed. */
export function readSession(cookie: SessionCookie, header: string | undefined): string | null {
  const values = (header?.split(';') ?? [])
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${cookie.name}=`))
    .map((pair) => pair.slice(cookie.name.length + 1));
  return values.length === 0 ? null : values.length === 1 ? (values[0] ?? '') : '';
}
