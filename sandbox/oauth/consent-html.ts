import { type IncomingMessage } from 'node:http';
import { PermissionFlagsBits } from 'discord-api-types/v10';
import { escapeHtml } from '../page/html';
import { peopleChoices } from '../page/people';
import { type World } from '../world/world';
import { type AuthorizationRequest } from './authorization-request';

/** What each scope lets the application do, in the words of somebody who is asked for it. */
const SCOPE_SENTENCES: Readonly<Record<string, string>> = {
  identify: 'See your username and picture',
  email: 'See your e-mail address',
  openid: 'Confirm who you are',
  guilds: 'Know what servers you are in',
  'guilds.join': 'Join servers for you',
  'guilds.members.read': 'See your nickname and roles in your servers',
  connections: 'See your connections to other services',
  bot: 'Add a bot to a server',
  'applications.commands': 'Create commands in a server',
  'role_connections.write': 'Say things about you that servers can give roles for',
};

/** The form of the consent page. */
export function consentHtml(
  world: World,
  request: IncomingMessage,
  asked: AuthorizationRequest,
  action: string,
): string {
  const scopes = asked.scopes.map((scope) => `<li>${escapeHtml(SCOPE_SENTENCES[scope] ?? scope)}</li>`).join('\n');
  const destination = asked.redirectUri === null ? '' : redirectNote(asked.redirectUri);
  return `<h1>${escapeHtml(world.application.name)} would like to</h1>
<ul class="scopes">
${scopes}
</ul>
<form method="post" action="${escapeHtml(action)}">
<h2 id="who">Who are you?</h2>
${peopleChoices(world, request)}
${asked.scopes.includes('bot') ? serverPicker(world, asked) : ''}
${destination}
<div class="buttons">
<button type="submit" name="decision" value="cancel" formnovalidate>Cancel</button>
<button type="submit" name="decision" value="approve" class="primary">Authorize</button>
</div>
</form>`;
}

/** What is shown when the link itself is wrong: nothing may be redirected then. */
export function problemHtml(message: string): string {
  return `<h1>This authorization link does not work</h1>
<p class="problem" role="alert">${escapeHtml(message)}</p>
<p>Nothing was granted. Correct the link in the application that sent you here.</p>`;
}

/** The end of an installation that redirects nowhere. */
export function doneHtml(application: string, wasApproved: boolean): string {
  return wasApproved
    ? `<h1>${application} was added</h1><p>You can close this page, or look at the <a href="/">servers</a>.</p>`
    : `<h1>Nothing was added</h1><p>You can close this page.</p>`;
}

function redirectNote(redirectUri: string): string {
  return `<p class="hint">Afterwards you go back to <strong>${escapeHtml(new URL(redirectUri).host)}</strong>.</p>`;
}

function serverPicker(world: World, asked: AuthorizationRequest): string {
  const options = [...world.guilds.values()].map((guild) => {
    const owner = world.user(guild.ownerId).username;
    const isPicked = guild.id === asked.guildId;
    const isClosed = asked.isGuildFixed && !isPicked;
    return `<option value="${guild.id}"${isPicked ? ' selected' : ''}${isClosed ? ' disabled' : ''}>${escapeHtml(`${guild.name} (owner: ${owner})`)}</option>`;
  });
  return `<label class="field">Add to server
<select name="guild_id" required>${options.join('')}</select></label>
<p class="hint">The bot asks for: ${escapeHtml(permissionNames(asked.permissions) || 'no permission')}.</p>`;
}

function permissionNames(permissions: string): string {
  const set = BigInt(permissions);
  return Object.entries(PermissionFlagsBits)
    .filter(([, bit]) => (set & bit) !== 0n)
    .map(([name]) => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase())
    .join(', ');
}
