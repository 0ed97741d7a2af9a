/** Where Discord's own short invite links begin. */
export const DISCORD_INVITES = 'https://discord.gg';

/** An invite as it stands in a link. */
export interface InviteUrl {
  readonly code: string;
  /** The link without what is not needed of it. */
  readonly link: string;
  /** Whether the Discord that this service talks to is the one that the link belongs to, so that it can be asked. */
  readonly canBeAsked: boolean;
}

/** The addresses of invites. https://discord.com/developers/docs/resources/invite */
const HOSTS: Readonly<Record<string, string>> = {
  'discord.gg': '/',
  'www.discord.gg': '/',
  'discord.com': '/invite/',
  'www.discord.com': '/invite/',
  'ptb.discord.com': '/invite/',
  'canary.discord.com': '/invite/',
  'discordapp.com': '/invite/',
  'www.discordapp.com': '/invite/',
};

/** Codes are letters and digits; names that a server has chosen may have hyphens. */
const CODE = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,98}[A-Za-z0-9])?$/;

/**
 * Reads an invite link; null when it is none.
 * @param inviteUrl where the invites of the Discord begin that this service talks to: a local one has a page of its own
 */
export function parseInviteUrl(text: string, inviteUrl: string): InviteUrl | null {
  const isDiscord = inviteUrl === DISCORD_INVITES;
  if (!URL.canParse(text.trim())) return null;
  const url = new URL(text.trim());
  if (url.username !== '' || url.password !== '') return null;
  const own = new URL(inviteUrl);
  const isOwn = !isDiscord && url.origin === own.origin;
  const prefix = isOwn ? `${own.pathname.replace(/\/$/, '')}/` : HOSTS[url.host];
  if (prefix === undefined || (!isOwn && url.protocol !== 'https:') || !url.pathname.startsWith(prefix)) return null;
  const code = url.pathname.slice(prefix.length).replace(/\/$/, '');
  if (!CODE.test(code)) return null;
  return { code, link: `${url.origin}${prefix}${code}`, canBeAsked: isOwn || isDiscord };
}
