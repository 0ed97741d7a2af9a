/** The start page: shows the world, lets a person act in it, and follows changes by server-sent events. */

import { drawCommands, runCommand } from './commands.js';
import { drawModal } from './components.js';
import { $, el, fill, listItem } from './dom.js';
import { drawMessages } from './messages.js';
import { followRequests } from './request-log.js';
import { drawGuild } from './server-view.js';
import { act, become, call, open, say, speak, state } from './state.js';

/** What is shown while there is no server. */
const NOWHERE = {
  name: 'Nothing here yet',
  hint: 'Add a person, then a server.',
  memberCount: 0,
  members: [],
  roles: [],
  channels: [],
  invites: [],
  bans: [],
  auditLog: [],
  commands: [],
  userCommands: [],
};

let running = false;
let again = false;

/** One refresh at a time; a change in the middle of one causes another. */
async function refresh() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    do {
      again = false;
      await draw();
    } while (again);
  } finally {
    running = false;
  }
}
async function draw() {
  const find = $('find-person').value.trim();
  const who = new URLSearchParams({ as: state.actor ?? '', find });
  const view = await call('GET', `/sandbox/view?${who}`);
  if (!view.people.some((person) => person.id === state.actor)) state.actor = view.people[0]?.id ?? null;
  drawActors(view);
  if (!view.guilds.some((guild) => guild.id === state.guild)) state.guild = view.guilds[0]?.id ?? '';
  fill(
    $('guilds'),
    ...view.guilds.map((guild) =>
      listItem(guild.name, guild.memberCount, guild.id === state.guild, () => open({ guild: guild.id, channel: null })),
    ),
  );
  const isAlone = view.dms.length === 0 && !view.canOpenConversation;
  fill(
    $('dms'),
    ...(isAlone ? [el('li', { className: 'empty' }, 'None yet')] : []),
    ...view.dms.map((dm) =>
      listItem(dm.name, '', dm.channelId === state.channel, () => open({ channel: dm.channelId })),
    ),
    ...(view.canOpenConversation ? [listItem('Write to the bot', '', false, () => void openConversation())] : []),
  );
  const guild =
    state.guild === '' ? NOWHERE : await call('GET', `/sandbox/view/guilds/${state.guild}?as=${state.actor ?? ''}`);
  drawGuild(guild);
  const isDm = view.dms.some((dm) => dm.channelId === state.channel);
  state.isDirect = isDm;
  $('guild-actions').hidden = isDm;
  if (!isDm && !guild.channels.some((channel) => channel.id === state.channel))
    state.channel = guild.channels[0]?.id ?? null;
  fill(
    $('channels'),
    ...guild.channels.map((channel) =>
      listItem(`# ${channel.name}`, '', channel.id === state.channel, () => open({ channel: channel.id })),
    ),
  );
  const dm = view.dms.find((each) => each.channelId === state.channel);
  $('title').textContent = dm ? `${dm.name} and the bot` : guild.name;
  const presence = guild.botPresent ? 'The bot is here' : 'The bot is not here';
  $('subtitle').textContent = dm ? 'Direct messages' : (guild.hint ?? presence);
  if (state.channel === null) {
    drawCommands(guild.commands);
    drawMessages({ messages: [] }, []);
    return;
  }
  const channel = await call('GET', `/sandbox/view/channels/${state.channel}?as=${state.actor ?? ''}`);
  const { commands, messageCommands } = isDm ? channel : guild;
  drawCommands(commands);
  drawMessages(channel, messageCommands);
  drawModal(channel.modal);
}
function drawActors(view) {
  $('find-person').hidden = $('find-person').value === '' && view.people.length === view.peopleCount;
  const options = view.people.map((person) =>
    el(
      'option',
      { value: person.id, selected: person.id === state.actor },
      `${person.globalName ?? person.username}${person.isAuthorized ? ' (account linked)' : ''}`,
    ),
  );
  $('actor').replaceChildren(...(options.length === 0 ? [el('option', {}, 'nobody yet')] : options));
}
async function openConversation() {
  const opened = await act(() => call('PUT', `/sandbox/users/${state.actor}/conversation`, {}));
  if (opened !== undefined) open({ channel: opened.channelId });
}
function onSubmit(id, action) {
  $(id).addEventListener('submit', (event) => {
    event.preventDefault();
    void action(new FormData(event.target), event.target);
  });
}

onSubmit('join', async (form, element) => {
  const code = String(form.get('code')).trim().split('/').pop();
  const joined = await act(
    () => call('POST', `/sandbox/invites/${encodeURIComponent(code)}/accept`, { userId: state.actor }),
    () => 'You joined.',
  );
  if (joined === undefined) return;
  element.reset();
  open({ guild: joined.guildId, channel: null });
});
onSubmit('new-person', async (form, element) => {
  const made = await act(
    () => call('POST', '/sandbox/users', { username: form.get('username') }),
    (user) => `${user.username} lives here now.`,
  );
  if (made === undefined) return;
  element.reset();
  become(made.id);
});
onSubmit('new-guild', async (form, element) => {
  const made = await act(
    () => call('POST', '/sandbox/guilds', { name: form.get('name'), ownerId: state.actor }),
    () => 'The server is there.',
  );
  if (made === undefined) return;
  element.reset();
  open({ guild: made.id, channel: null });
});
onSubmit('say', async (form, element) => {
  const content = String(form.get('content')).trim();
  if (content === '' || state.channel === null) return;
  const sent = await act(() =>
    call('POST', `/sandbox/channels/${state.channel}/messages`, { authorId: state.actor, content }),
  );
  if (sent !== undefined) element.reset();
});
onSubmit('run', runCommand);
$('actor').addEventListener('change', (event) => become(event.target.value));
$('language').value = state.language;
$('language').addEventListener('change', (event) => speak(event.target.value));
$('find-person').addEventListener('input', () => void refresh());
// The colours of roles are made to be read on the ground there is.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => void refresh());
state.refresh = refresh;

const events = new EventSource('/sandbox/events');
events.addEventListener('world', () => void refresh());
events.addEventListener('requests', () => void followRequests());
events.addEventListener('open', () => say(''));
events.addEventListener('error', () =>
  say('The local Discord is not running. This page goes on by itself once it is back.', 'bad'),
);
void refresh();
void followRequests();
