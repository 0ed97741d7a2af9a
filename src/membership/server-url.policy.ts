/** Opens a server in Discord. @param inviteUrl base of invite links: the local Discord shows servers on its own page. */
export function serverUrl(inviteUrl: string, guildId: string): string {
  const { hostname, origin } = new URL(inviteUrl);
  return hostname === 'discord.gg' ? `https://discord.com/channels/${guildId}` : `${origin}/`;
}
