/** The start page: shows the world, lets a person act in it, and follows changes by server-sent events. */

const $ = (id) => document.getElementById(id);
const state = {
  actor: localStorage.getItem('actor'),
  guild: location.hash.slice(1),
  channel: null,
  next: 0,
  commands: [],
};
const AUDIT_ACTIONS = {
  20: 'kicked',
  21: 'pruned',
  22: 'banned',
  23: 'unbanned',
  24: 'changed',
  25: 'changed the roles of',
  28: 'added the bot',
  30: 'created the role',
  31: 'changed the role',
  32: 'deleted the role',
  40: 'created an invite',
  42: 'deleted an invite',
};

/** An element with properties and children; text is never read as HTML. */
function el(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message ?? `${response.status}`);
  return answer;
}

/** Says how an action went, in the line above the composer. */
async function act(action, done) {
  try {
    const result = await action();
    say(done?.(result) ?? '');
    await refresh();
    return result;
  } catch (error) {
    say(error.message, 'bad');
    return undefined;
  }
}

function say(text, kind = '') {
  $('status').textContent = text;
  $('status').className = `status ${kind}`;
}

const picture = (id, size = 32) => el('img', { src: `/avatars/${id}/default.png`, alt: '', width: size, height: size });
const colour = (number) => (number === 0 ? '' : `#${number.toString(16).padStart(6, '0')}`);
const time = (text) => new Date(text).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });

function listItem(label, extra, isCurrent, onClick) {
  const button = el(
    'button',
    { type: 'button', onclick: onClick },
    el('span', {}, label),
    extra ? el('small', {}, extra) : null,
  );
  if (isCurrent) button.setAttribute('aria-current', 'true');
  return el('li', {}, button);
}

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
  const view = await call('GET', '/sandbox/view');
  if (!view.people.some((person) => person.id === state.actor)) state.actor = view.people[0]?.id ?? null;
  state.bot = view.bot.id;
  drawActors(view);
  if (!view.guilds.some((guild) => guild.id === state.guild)) state.guild = view.guilds[0]?.id ?? '';
  $('guilds').replaceChildren(
    ...view.guilds.map((guild) =>
      listItem(guild.name, guild.memberCount, guild.id === state.guild, () => open({ guild: guild.id, channel: null })),
    ),
  );
  $('dms').replaceChildren(
    ...(view.dms.length === 0 ? [el('li', { className: 'empty' }, 'None yet')] : []),
    ...view.dms.map((dm) =>
      listItem(dm.name, '', dm.channelId === state.channel, () => open({ channel: dm.channelId })),
    ),
  );
  if (state.guild === '') return;
  const guild = await call('GET', `/sandbox/view/guilds/${state.guild}?as=${state.actor ?? ''}`);
  drawGuild(guild);
  const isDm = view.dms.some((dm) => dm.channelId === state.channel);
  if (!isDm && !guild.channels.some((channel) => channel.id === state.channel))
    state.channel = guild.channels[0]?.id ?? null;
  $('channels').replaceChildren(
    ...guild.channels.map((channel) =>
      listItem(`# ${channel.name}`, '', channel.id === state.channel, () => open({ channel: channel.id })),
    ),
  );
  const dm = view.dms.find((each) => each.channelId === state.channel);
  $('title').textContent = dm ? `${dm.name} and the bot` : guild.name;
  $('subtitle').textContent = dm ? 'Direct messages' : guild.botPresent ? 'The bot is here' : 'The bot is not here';
  if (state.channel !== null) drawMessages(await call('GET', `/sandbox/view/channels/${state.channel}`));
}

function open(place) {
  Object.assign(state, place);
  if (place.guild) history.replaceState(null, '', `#${place.guild}`);
  for (const reply of document.querySelectorAll('.message.private')) reply.remove();
  void refresh();
}

function drawActors(view) {
  const options = view.people.map((person) =>
    el(
      'option',
      { value: person.id, selected: person.id === state.actor },
      `${person.globalName ?? person.username}${person.isAuthorized ? ' (account linked)' : ''}`,
    ),
  );
  $('actor').replaceChildren(...(options.length === 0 ? [el('option', {}, 'nobody yet')] : options));
}

function drawGuild(guild) {
  const me = guild.members.find((member) => member.userId === state.actor);
  $('member-count').textContent = String(guild.memberCount);
  const roleOf = (id) => guild.roles.find((role) => role.id === id);
  const members = [...guild.members].sort(
    (left, right) => right.rank - left.rank || left.name.localeCompare(right.name),
  );
  $('members').replaceChildren(
    ...members.map((member) => {
      const name = el('span', { className: 'name' }, member.name);
      name.style.color = colour(member.color);
      const roles = member.roles
        .map((id) => roleOf(id)?.name)
        .filter(Boolean)
        .join(', ');
      return el(
        'div',
        { className: 'person', title: member.userId },
        picture(member.userId, 28),
        el(
          'span',
          {},
          name,
          ' ',
          member.isOwner && el('span', { title: 'Owner', role: 'img', ariaLabel: 'owner' }, '♛ '),
          member.isBot && el('span', { className: 'tag' }, 'bot'),
          member.isPending && el('span', { className: 'tag' }, 'has not agreed to the rules'),
          el('span', { className: 'roles' }, roles || 'no roles'),
        ),
      );
    }),
    (guild.memberCount > members.length &&
      el('p', { className: 'hint' }, `and ${guild.memberCount - members.length} more`)) ||
      '',
  );
  $('roles').replaceChildren(
    ...guild.roles.map((role) => {
      const dot = el('span', { className: 'dot' });
      if (role.color !== 0) dot.style.background = colour(role.color);
      return el('li', {}, dot, role.name, ' ', role.managed && el('span', { className: 'tag' }, 'managed'));
    }),
  );
  $('invites').replaceChildren(
    ...empty(guild.invites, 'No invites'),
    ...guild.invites.map((invite) =>
      el(
        'div',
        {},
        el('a', { href: `/invite/${invite.code}` }, invite.code),
        ' ',
        el(
          'small',
          {},
          [
            `${invite.uses}${invite.maxUses === 0 ? '' : ` of ${invite.maxUses}`} used`,
            invite.expiresAt === null ? 'for ever' : `until ${time(invite.expiresAt)}`,
            invite.isForSome ? 'for some people' : '',
            `by ${invite.inviter}`,
          ]
            .filter(Boolean)
            .join(' · '),
        ),
      ),
    ),
  );
  $('bans').replaceChildren(
    ...empty(guild.bans, 'Nobody is banned'),
    ...guild.bans.map((ban) => el('div', {}, ban.name, ' ', el('small', {}, ban.reason ?? 'no reason given'))),
  );
  $('audit-log').replaceChildren(
    ...empty(guild.auditLog, 'Nothing yet'),
    ...guild.auditLog.map((entry) =>
      el(
        'div',
        {},
        `${entry.user} ${AUDIT_ACTIONS[entry.action] ?? `did ${entry.action} to`} ${entry.target ?? ''} `,
        entry.reason && el('small', {}, entry.reason),
      ),
    ),
  );
  drawGuildActions(guild, me);
  drawCommands(guild.commands);
}

const empty = (list, text) => (list.length === 0 ? [el('span', { className: 'empty' }, text)] : []);

function drawGuildActions(guild, me) {
  const button = (label, action) => el('button', { type: 'button', className: 'plain', onclick: action }, label);
  const path = `/sandbox/guilds/${guild.id}`;
  $('guild-actions').replaceChildren(
    ...(me && !me.isOwner
      ? [
          button('Leave server', () =>
            act(
              () => call('DELETE', `${path}/members/${state.actor}`),
              () => `You left ${guild.name}.`,
            ),
          ),
        ]
      : []),
    ...(me?.isPending
      ? [
          button('Agree to the rules', () =>
            act(
              () => call('POST', `${path}/members/${state.actor}/screening`, {}),
              () => 'You agreed to the rules.',
            ),
          ),
        ]
      : []),
    ...(me?.isOwner
      ? [
          guild.botPresent
            ? button('Remove the bot', () =>
                act(
                  () => call('DELETE', `${path}/bot`),
                  () => 'The bot was removed.',
                ),
              )
            : button('Add the bot', () =>
                act(
                  () => call('PUT', `${path}/bot`, {}),
                  () => 'The bot was added.',
                ),
              ),
        ]
      : []),
  );
}

/** Commands with their subcommands spelled out; the form is redrawn only when they change, so that typing survives. */
function drawCommands(commands) {
  const flat = commands.flatMap((command) => {
    const groups = command.options.filter((option) => option.type <= 2);
    if (groups.length === 0)
      return [{ name: command.name, description: command.description, options: command.options }];
    return groups.flatMap((option) =>
      option.type === 1
        ? [{ name: `${command.name} ${option.name}`, description: option.description, options: option.options ?? [] }]
        : (option.options ?? []).map((sub) => ({
            name: `${command.name} ${option.name} ${sub.name}`,
            description: sub.description,
            options: sub.options ?? [],
          })),
    );
  });
  if (JSON.stringify(flat) === JSON.stringify(state.commands)) return;
  state.commands = flat;
  $('run').hidden = flat.length === 0;
  $('run').elements.command.replaceChildren(
    ...flat.map((command, index) => el('option', { value: String(index) }, `/${command.name}: ${command.description}`)),
  );
  drawOptions();
}

function drawOptions() {
  const command = state.commands[Number($('run').elements.command.value)];
  $('options').replaceChildren(
    ...(command?.options ?? []).map((option) => {
      const common = {
        name: option.name,
        required: option.required === true,
        ariaLabel: `${option.name}: ${option.description}`,
      };
      const choices =
        option.type === 5
          ? [
              { name: 'true', value: 'true' },
              { name: 'false', value: 'false' },
            ]
          : option.choices;
      if (choices)
        return el(
          'select',
          common,
          el('option', { value: '' }, option.name),
          ...choices.map((choice) => el('option', { value: choice.value }, choice.name)),
        );
      const input = el('input', { ...common, placeholder: option.name, autocomplete: 'off' });
      if (option.autocomplete) completeFrom(input, command, option);
      return input;
    }),
  );
}

/** Asks the bot for suggestions while somebody types. */
function completeFrom(input, command, option) {
  const list = el('datalist', { id: `choices-${option.name}` });
  input.setAttribute('list', list.id);
  input.after(list);
  input.addEventListener('input', async () => {
    const body = {
      guildId: state.guild,
      userId: state.actor,
      command: command.name,
      focused: option.name,
      options: { [option.name]: input.value },
    };
    const { choices } = await call('POST', '/sandbox/interactions/autocomplete', body).catch(() => ({ choices: [] }));
    if (!list.isConnected) input.after(list);
    list.replaceChildren(...choices.map((choice) => el('option', { value: choice.value }, choice.name)));
  });
}

function drawMessages(channel) {
  const box = $('messages');
  const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  const kept = [...box.querySelectorAll('.message.private')];
  box.replaceChildren(...empty(channel.messages, 'No messages yet'), ...channel.messages.map(message), ...kept);
  if (isAtEnd) box.scrollTop = box.scrollHeight;
}

function message(each) {
  return el(
    'div',
    { className: `message ${each.isPrivate ? 'private' : ''}` },
    picture(each.authorId),
    el(
      'div',
      {},
      el(
        'div',
        {},
        el('strong', {}, each.author),
        ' ',
        each.isBot && el('span', { className: 'tag' }, 'bot'),
        ' ',
        el(
          'small',
          {},
          time(each.at),
          each.isEdited ? ' (edited)' : '',
          each.command ? ` used /${each.command}` : '',
          each.isPrivate ? ' only you can see this' : '',
        ),
      ),
      each.content && el('p', {}, each.content),
      each.embeds.map(embed),
    ),
  );
}

function embed(each) {
  const box = el(
    'div',
    { className: 'embed' },
    each.title && el('strong', {}, each.title),
    each.description && el('p', {}, each.description),
    each.fields?.length > 0 &&
      el(
        'dl',
        {},
        each.fields.flatMap((field) => [el('dt', {}, field.name), el('dd', {}, field.value)]),
      ),
    each.footer?.text && el('small', {}, each.footer.text),
  );
  if (each.color) box.style.borderColor = colour(each.color);
  return box;
}

async function followRequests() {
  const { next, requests } = await call('GET', `/sandbox/requests?since=${state.next}`);
  state.next = next;
  for (const request of requests.slice(-200)) {
    const kind =
      request.status >= 500 ? 'bad' : request.status === 429 ? 'warn' : request.status >= 400 ? 'bad' : 'good';
    $('requests').prepend(
      el(
        'tr',
        {},
        el('td', {}, time(request.at)),
        el('td', {}, request.method),
        el('td', { title: request.path }, request.route),
        el('td', { className: kind }, String(request.status)),
        el('td', {}, request.remaining ?? '–'),
        el('td', {}, String(request.ms)),
      ),
    );
  }
  while ($('requests').children.length > 300) $('requests').lastChild.remove();
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
onSubmit('run', async (form) => {
  const command = state.commands[Number(form.get('command'))];
  const options = Object.fromEntries(
    command.options.map((option) => [option.name, form.get(option.name)]).filter(([, value]) => value),
  );
  say(`/${command.name} …`);
  await act(
    () =>
      call('POST', '/sandbox/interactions', {
        guildId: state.guild,
        userId: state.actor,
        command: command.name,
        options,
        channelId: state.channel,
      }),
    ({ responses }) => {
      if (responses.length === 0) return 'The application did not respond.';
      for (const reply of responses.filter((each) => each.ephemeral)) {
        $('messages').append(
          message({
            ...reply,
            authorId: state.bot,
            author: 'The bot',
            isBot: true,
            isPrivate: true,
            at: new Date().toISOString(),
            command: command.name,
          }),
        );
      }
      return '';
    },
  );
  $('messages').scrollTop = $('messages').scrollHeight;
});

function become(id) {
  state.actor = id;
  localStorage.setItem('actor', id);
  void refresh();
}

$('actor').addEventListener('change', (event) => become(event.target.value));
$('run').elements.command.addEventListener('change', drawOptions);

const events = new EventSource('/sandbox/events');
events.addEventListener('world', () => void refresh());
events.addEventListener('requests', () => void followRequests());
events.addEventListener('open', () => say(''));
events.addEventListener('error', () =>
  say('The local Discord is not running. This page goes on by itself once it is back.', 'bad'),
);
void refresh();
void followRequests();
