import { type APIUser } from 'discord-api-types/v10';

/** What is kept of a person's Discord account. */
export interface DiscordAccount {
  readonly id: string;
  readonly username: string;
  /** Null for today's names, which Discord sends as "0". */
  readonly discriminator: string | null;
  readonly globalName: string | null;
  readonly avatarUrl: string | null;
}

/** https://discord.com/developers/docs/reference#image-formatting: hashes that begin with `a_` are animated. */
export function discordAccount(user: APIUser, avatarsUrl: string): DiscordAccount {
  const { id, username, discriminator, global_name, avatar } = user;
  return {
    id,
    username,
    discriminator: discriminator === '0' || discriminator === '' ? null : discriminator,
    globalName: global_name,
    avatarUrl: avatar === null ? null : `${avatarsUrl}/${id}/${avatar}.${avatar.startsWith('a_') ? 'gif' : 'png'}`,
  };
}

/** Where avatars lie. */
export function avatarsUrl(authorizeUrl: string): string {
  return `${picturesUrl(authorizeUrl)}/avatars`;
}

/** Pictures of discord.com lie on its own CDN; a stand-in for Discord serves them beside its consent page. */
export function picturesUrl(authorizeUrl: string): string {
  const { hostname, origin } = new URL(authorizeUrl);
  const isDiscord = hostname === 'discord.com' || hostname.endsWith('.discord.com');
  return isDiscord ? 'https://cdn.discordapp.com' : origin;
}
