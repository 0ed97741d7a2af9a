import { $, colour, el } from './dom.js';
import { markdown } from './markdown.js';
import { act, call, outcome, reader } from './state.js';

const BUTTON = 2;
const STRING_SELECT = 3;
const LINK = 5;
const SEPARATOR = 14;
const CONTAINER = 17;
const STYLES = { 1: 'primary', 3: 'good', 4: 'bad' };

/** What a message shows below its text: rows of buttons and menus, and whatever else is laid out with components. */
export function componentRows(message) {
  return message.components.map((component) => one(message, component));
}

function one(message, component) {
  if (component.content) return el('p', {}, ...markdown(component.content));
  if (component.components) return box(message, component);
  if (component.type === SEPARATOR) return component.divider === false ? el('br') : el('hr');
  if (component.items) return el('div', { className: 'row' }, component.items.map(link));
  if (component.media || component.file) return link(component);
  if (component.type === BUTTON && component.style === LINK) {
    const address = { href: component.url, rel: 'noreferrer', target: '_blank', className: 'button' };
    return el('a', address, component.label ?? component.url);
  }
  const element = component.type === BUTTON ? clickable(message, component) : menu(message, component);
  if (element) element.dataset.key = `${message.id} ${component.custom_id}`;
  return element;
}

/** A row, a section with what stands beside it, or a container. */
function box(message, { type, components, accessory, accent_color: accent }) {
  const inside = [...components, ...(accessory ? [accessory] : [])].map((component) => one(message, component));
  if (type !== CONTAINER) return el('div', { className: 'row components' }, inside);
  const container = el('div', { className: 'embed' }, inside);
  if (accent) container.style.borderColor = colour(accent);
  return container;
}

/** Pictures and files are not fetched from elsewhere. */
function link({ media, file, description }) {
  const { url } = media ?? file;
  return url.startsWith('attachment:')
    ? el('span', {}, description ?? url)
    : el('a', { href: url, rel: 'noreferrer', target: '_blank' }, description ?? url);
}

function clickable(message, component) {
  return el(
    'button',
    {
      type: 'button',
      className: STYLES[component.style] ?? '',
      disabled: component.disabled === true,
      onclick: () => use(message, component, []),
    },
    component.label ?? component.emoji?.name ?? 'Button',
  );
}

function menu(message, component) {
  if (component.custom_id === undefined) return null;
  const name = component.placeholder ?? 'Make a selection';
  const isDisabled = component.disabled === true;
  if (component.type !== STRING_SELECT) {
    // Menus of people, roles and channels take the id of one.
    return el('input', {
      ariaLabel: name,
      placeholder: `${name} (id)`,
      disabled: isDisabled,
      onchange: (event) => use(message, component, [event.target.value]),
    });
  }
  const isMany = (component.max_values ?? 1) > 1;
  return el(
    'select',
    {
      ariaLabel: name,
      disabled: isDisabled,
      multiple: isMany,
      onchange: (event) =>
        use(
          message,
          component,
          [...event.target.selectedOptions].map((option) => option.value),
        ),
    },
    !isMany && el('option', { value: '', disabled: true, selected: true }, name),
    component.options.map((option) =>
      el('option', { value: option.value, selected: option.default === true }, option.label),
    ),
  );
}

function use(message, component, values) {
  const body = { ...reader(), messageId: message.id, customId: component.custom_id, values };
  return act(() => call('POST', '/sandbox/interactions/component', body), outcome);
}

/** The modal that is on the screen, as text. */
let shownModal = 'null';

/** Shows the form that the bot asks this person to fill in, once. */
export function drawModal(modal) {
  const text = JSON.stringify(modal);
  if (text === shownModal) return;
  shownModal = text;
  const dialog = $('modal');
  if (modal === null) {
    dialog.close();
    return;
  }
  $('modal-title').textContent = modal.title;
  $('modal-fields').replaceChildren(...modal.components.flatMap(field));
  if (!dialog.open) dialog.showModal();
}

function field(outer) {
  if (outer.content) return [el('p', {}, outer.content)];
  const inner = outer.component ?? outer.components?.[0];
  if (inner === undefined) return [];
  const common = { name: inner.custom_id, required: inner.required !== false };
  const control = inner.options
    ? el(
        'select',
        common,
        inner.options.map((option) => el('option', { value: option.value }, option.label)),
      )
    : el(inner.style === 2 ? 'textarea' : 'input', {
        ...common,
        value: inner.value ?? '',
        placeholder: inner.placeholder ?? '',
        minLength: inner.min_length ?? 0,
        maxLength: inner.max_length ?? 4000,
      });
  return [el('label', { className: 'field' }, outer.label ?? inner.label ?? inner.custom_id, control)];
}

$('modal-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const values = Object.fromEntries(new FormData(event.target));
  $('modal').close();
  void act(() => call('POST', '/sandbox/interactions/modal', { ...reader(), values }), outcome);
});
$('modal-cancel').addEventListener('click', () => $('modal').close());
