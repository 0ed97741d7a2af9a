/** Small tools for all parts of the start page. */

export const $ = (id) => document.getElementById(id);

/** An element with properties and children; text is never read as HTML. */
export function el(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Puts new children into a container and keeps the keyboard's place: the child with the same key gets the focus back. */
export function fill(container, ...children) {
  const key = container.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  container.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
  if (key !== undefined) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

/** A button that keeps its focus when its list is drawn anew. */
export function button(label, properties = {}) {
  const element = el('button', { type: 'button', ...properties }, label);
  element.dataset.key = properties.title ?? element.textContent;
  return element;
}

/** One line of a list of places. */
export function listItem(label, extra, isCurrent, onClick) {
  const element = button('', { onclick: onClick });
  element.append(el('span', {}, label), ...(extra === '' ? [] : [el('small', {}, String(extra))]));
  element.dataset.key = label;
  if (isCurrent) element.setAttribute('aria-current', 'true');
  return el('li', {}, element);
}

export const picture = (id, size = 32) =>
  el('img', { src: `/avatars/${id}/default.png`, alt: '', width: size, height: size });
export const colour = (number) => (number === 0 ? '' : `#${number.toString(16).padStart(6, '0')}`);
/** The same colour, moved towards the ink until text in it can be read on the ground (WCAG: a contrast of 4.5). */
export function readableColour(number) {
  if (number === 0) return '';
  const style = getComputedStyle(document.documentElement);
  const [ground, ink] = ['--ground', '--ink'].map((name) =>
    channels(Number(`0x${style.getPropertyValue(name).trim().slice(1)}`)),
  );
  let mixed = channels(number);
  for (let share = 0.1; contrast(mixed, ground) < 4.5 && share <= 1; share += 0.1) {
    mixed = channels(number).map((value, index) => Math.round(value + (ink[index] - value) * share));
  }
  return `rgb(${mixed.join(', ')})`;
}

const channels = (number) => [number >> 16, (number >> 8) & 255, number & 255];

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb) {
  const [red, green, blue] = rgb
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export const time = (text) =>
  new Date(text).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
export const empty = (list, text) => (list.length === 0 ? [el('span', { className: 'empty' }, text)] : []);
