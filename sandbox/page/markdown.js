import { el } from './dom.js';

/**
 * What Discord makes of a text: bold, italic, code, links, and characters that a backslash keeps as they are. The first that
 * fits wins; what is inside is read the same way, but for code.
 */
const RULES = [
  [/\\([^\p{L}\p{N}\s])/u, (text) => text],
  [/`([^`]+)`/, (text) => el('code', {}, text)],
  [/\*\*((?:\\[^]|[^\\])+?)\*\*(?!\*)/, (text) => el('strong', {}, ...markdown(text))],
  [/\*((?:\\[^]|[^\\*])+?)\*(?!\*)/, (text) => el('em', {}, ...markdown(text))],
  [/\b_((?:\\[^]|[^\\_])+?)_\b/, (text) => el('em', {}, ...markdown(text))],
  [
    /\[([^\]\\]+)\]\((https?:\/\/[^\s)]+)\)/,
    (text, href) => el('a', { href, rel: 'noreferrer', target: '_blank' }, text),
  ],
];

/** The text as nodes and strings, in order. */
export function markdown(text) {
  let first = null;
  for (const [pattern, build] of RULES) {
    const match = pattern.exec(text);
    if (match !== null && (first === null || match.index < first.match.index)) first = { match, build };
  }
  if (first === null) return text === '' ? [] : [text];
  const { match, build } = first;
  const before = text.slice(0, match.index);
  return [
    ...(before === '' ? [] : [before]),
    build(...match.slice(1)),
    ...markdown(text.slice(match.index + match[0].length)),
  ];
}
