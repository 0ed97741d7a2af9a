import { readFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { parseBody, readBytes } from '../http/body';
import { DiscordError } from '../http/discord-error';
import { decodeSegment } from '../http/router';
import { acceptInvite, findInvite } from '../world/invite-actions';
import { type World } from '../world/world';
import { cardPage, escapeHtml } from './html';
import { peopleChoices, rememberPerson } from './people';
import { picture } from './picture';

/** Browsers load them as modules; the .swcrc beside them keeps the build from making them anything else. */
const SCRIPTS = [
  'app',
  'commands',
  'components',
  'context-menu',
  'dom',
  'markdown',
  'messages',
  'request-log',
  'server-view',
  'state',
];
const FILES: Readonly<Record<string, { name: string; type: string }>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page/style.css': { name: 'style.css', type: 'text/css; charset=utf-8' },
  ...Object.fromEntries(
    SCRIPTS.map((name) => [`/page/${name}.js`, { name: `${name}.js`, type: 'text/javascript; charset=utf-8' }]),
  ),
};

/** What a person sees in a browser: the start page, invite links, pictures. */
export class Pages {
  constructor(private readonly world: World) {}

  async serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const file = FILES[url.pathname];
    const invite = /^\/invite\/([^/]+)$/.exec(url.pathname)?.[1];
    const pictured = /^\/(?:avatars|icons)\/(\d{1,20})\/[^/]+\.(?:png|webp|jpg|gif)$/.exec(url.pathname)?.[1];
    const attached = this.world.files.get(/^\/attachments\/\d{1,20}\/(\d{1,20})\//.exec(url.pathname)?.[1] ?? '');
    const bytes = await readBytes(request);
    if (file !== undefined) {
      // Read at each request: the page can be edited while the local Discord runs.
      send(response, 200, file.type, readFileSync(join(__dirname, file.name)));
    } else if (invite !== undefined) {
      this.serveInvite(request, response, decodeSegment(invite), bytes);
    } else if (pictured !== undefined) {
      response.writeHead(200, { 'content-type': 'image/png', 'cache-control': 'max-age=86400' }).end(picture(pictured));
    } else if (attached !== undefined) {
      // Never shown by this page itself: an uploaded HTML file must not act in its name.
      const headers = { 'content-type': attached.contentType, 'content-disposition': 'attachment' };
      response.writeHead(200, headers).end(attached.bytes);
    } else {
      html(response, 404, 'Not found', '<h1>There is nothing here</h1><p>Go to the <a href="/">start page</a>.</p>');
    }
  }

  private serveInvite(request: IncomingMessage, response: ServerResponse, code: string, bytes: Buffer): void {
    const invite = findInvite(this.world, code);
    if (invite === undefined) {
      const body =
        '<h1>Invite invalid</h1><p>It may have expired or been used up, or you may not have the right code.</p>';
      html(response, 404, 'Invite invalid', body);
      return;
    }
    const guild = this.world.guild(invite.guildId);
    if (request.method !== 'POST') {
      const members = guild.members.size === 1 ? '1 member' : `${guild.members.size} members`;
      const body = `<p class="hint">${escapeHtml(this.world.user(invite.inviterId).username)} invited you to join</p>
<h1>${escapeHtml(guild.name)}</h1><p>${members}</p>
<form method="post"><h2 id="who">Who are you?</h2>${peopleChoices(this.world, request)}
<div class="buttons"><button type="submit" class="primary">Accept invite</button></div></form>`;
      html(response, 200, `Join ${guild.name}`, body);
      return;
    }
    const form = parseBody(bytes, request.headers['content-type']).value;
    const userId = typeof form === 'object' && form !== null && 'user_id' in form ? String(form.user_id) : '';
    const user = this.world.users.get(userId);
    try {
      if (user === undefined || user.bot) throw new DiscordError(404, 10013, 'Pick the person who accepts.');
      acceptInvite(this.world, code, user.id);
      const body = `<h1>${escapeHtml(user.globalName ?? user.username)} is in ${escapeHtml(guild.name)}</h1>
<p>Look at the <a href="/#${guild.id}">server</a>.</p>`;
      html(response, 200, 'Joined', body, rememberPerson(user.id));
    } catch (error) {
      if (!(error instanceof DiscordError)) throw error;
      const body = `<h1>This did not work</h1><p class="problem" role="alert">${escapeHtml(error.message)} (${error.code})</p>
<p><a href="/invite/${encodeURIComponent(code)}">Try as somebody else</a></p>`;
      html(response, error.status, 'Not joined', body);
    }
  }
}

function html(
  response: ServerResponse,
  status: number,
  title: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  send(response, status, 'text/html; charset=utf-8', cardPage(title, body));
}

function send(response: ServerResponse, status: number, type: string, content: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(content);
}
