import { el } from './dom.js';
import { act, call, here, localized, outcome, reader, state } from './state.js';

/** The ids of what has its menu open: lists are drawn anew all the time, and their menus stay as they were. */
const opened = new Set();

/** The bot's commands for a member or a message, behind a small button; nothing where there are none. */
export function contextMenu(label, commands, target) {
  if (commands.length === 0) return null;
  const [id] = Object.values(target);
  const handle = el('summary', { ariaLabel: `Commands for ${label}`, title: 'Commands' }, '⋯');
  handle.dataset.key = `commands ${id}`;
  const menu = el(
    'details',
    {
      className: 'context-menu',
      open: opened.has(id),
      ontoggle: () => (menu.open ? opened.add(id) : opened.delete(id)),
    },
    handle,
    commands.map(({ name, nameLocalizations }) => {
      const properties = { type: 'button', className: 'plain', onclick: () => run(name) };
      const choice = el('button', properties, localized(name, nameLocalizations));
      choice.dataset.key = `command ${id} ${name}`;
      return choice;
    }),
  );
  const run = (command) => {
    menu.open = false;
    opened.delete(id);
    handle.focus();
    const place = target.targetUserId === undefined ? here() : { guildId: state.guild };
    const body = { ...place, ...reader(), command, ...target };
    return act(() => call('POST', '/sandbox/interactions/context-menu', body), outcome);
  };
  return menu;
}
