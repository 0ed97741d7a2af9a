import { contextMenu } from './context-menu.js';
import { $, colour, el, empty, picture, time } from './dom.js';
import { componentRows } from './components.js';
import { markdown } from './markdown.js';

/** Messages that are drawn, by id: what has not changed stays as it is, with the keyboard's place in it. */
let drawn = new Map();

/** `commands` are those of the messages' menus. */
export function drawMessages(channel, commands) {
  const box = $('messages');
  const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  const before = drawn;
  drawn = new Map();
  for (const each of channel.messages) {
    const text = JSON.stringify([each, commands]);
    const known = before.get(each.id);
    drawn.set(each.id, known?.text === text ? known : { text, element: message(each, commands) });
  }
  const wanted = [...drawn.values()].map((each) => each.element);
  const isSame = wanted.length === box.children.length && wanted.every((each, at) => box.children[at] === each);
  if (!isSame || wanted.length === 0) {
    const key = box.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    box.replaceChildren(...empty(channel.messages, 'No messages yet'), ...wanted);
    if (key !== undefined) box.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }
  if (isAtEnd) box.scrollTop = box.scrollHeight;
}

function message(each, commands) {
  const about = [
    time(each.at),
    each.isEdited && 'edited',
    each.command && `used ${each.command}`,
    each.isPrivate && 'only you can see this',
  ].filter(Boolean);
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
        el('small', {}, about.join(' · ')),
      ),
      each.content && el('p', {}, ...markdown(each.content)),
      each.embeds.map(embed),
      each.attachments.map((file) =>
        el('p', {}, el('a', { href: new URL(file.url).pathname, download: file.filename }, file.filename)),
      ),
      componentRows(each),
    ),
    contextMenu(`the message by ${each.author}`, each.isPrivate ? [] : commands, { targetMessageId: each.id }),
  );
}

function embed(each) {
  const box = el(
    'div',
    { className: 'embed' },
    each.title && el('strong', {}, ...markdown(each.title)),
    each.description && el('p', {}, ...markdown(each.description)),
    each.fields?.length > 0 &&
      el(
        'dl',
        {},
        each.fields.flatMap((field) => [el('dt', {}, ...markdown(field.name)), el('dd', {}, ...markdown(field.value))]),
      ),
    each.footer?.text && el('small', {}, each.footer.text),
  );
  if (each.color) box.style.borderColor = colour(each.color);
  return box;
}
