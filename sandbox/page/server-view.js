import { contextMenu } from './context-menu.js';
import { $, button, colour, el, empty, fill, picture, readableColour } from './dom.js';
import { act, call, state } from './state.js';

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

/** The right column: members, roles, invites, bans and audit log. */
export function drawGuild(guild) {
  const me = guild.members.find((member) => member.userId === state.actor);
  $('member-count').textContent = String(guild.memberCount);
  const roleOf = (id) => guild.roles.find((role) => role.id === id);
  const members = [...guild.members].sort(
    (left, right) => right.rank - left.rank || left.name.localeCompare(right.name),
  );
  fill(
    $('members'),
    ...members.map((member) => {
      const name = el('span', { className: 'name' }, member.name);
      name.style.color = readableColour(member.color);
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
        contextMenu(member.name, guild.userCommands, { targetUserId: member.userId }),
      );
    }),
    (guild.memberCount > members.length &&
      el('p', { className: 'hint' }, `and ${guild.memberCount - members.length} more`)) ||
      '',
  );
  fill(
    $('roles'),
    ...guild.roles.map((role) => {
      const dot = el('span', { className: 'dot' });
      if (role.color !== 0) dot.style.background = colour(role.color);
      return el('li', {}, dot, role.name, ' ', role.managed && el('span', { className: 'tag' }, 'managed'));
    }),
  );
  fill(
    $('invites'),
    ...empty(guild.invites, 'No invites'),
    ...guild.invites.map((invite) =>
      el(
        'div',
        {},
        inviteLink(invite.code),
        ' ',
        el(
          'small',
          {},
          [
            `${invite.uses}${invite.maxUses === 0 ? '' : ` of ${invite.maxUses}`} used`,
            invite.expiresAt === null ? 'for ever' : `until ${new Date(invite.expiresAt).toLocaleString()}`,
            invite.isForSome ? 'for some people' : '',
            `by ${invite.inviter}`,
          ]
            .filter(Boolean)
            .join(' · '),
        ),
      ),
    ),
  );
  fill(
    $('bans'),
    ...empty(guild.bans, 'Nobody is banned'),
    ...guild.bans.map((ban) => el('div', {}, ban.name, ' ', el('small', {}, ban.reason ?? 'no reason given'))),
  );
  fill(
    $('audit-log'),
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
}

function inviteLink(code) {
  const link = el('a', { href: `/invite/${code}` }, code);
  link.dataset.key = code;
  return link;
}

function drawGuildActions(guild, me) {
  const plain = (label, action) => button(label, { className: 'plain', onclick: action });
  const path = `/sandbox/guilds/${guild.id}`;
  fill(
    $('guild-actions'),
    ...(me && !me.isOwner
      ? [
          plain('Leave server', () =>
            act(
              () => call('DELETE', `${path}/members/${state.actor}`),
              () => `You left ${guild.name}.`,
            ),
          ),
        ]
      : []),
    ...(me?.isPending
      ? [
          plain('Agree to the rules', () =>
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
            ? plain('Remove the bot', () =>
                act(
                  () => call('DELETE', `${path}/bot`),
                  () => 'The bot was removed.',
                ),
              )
            : plain('Add the bot', () =>
                act(
                  () => call('PUT', `${path}/bot`, {}),
                  () => 'The bot was added.',
                ),
              ),
        ]
      : []),
  );
}
