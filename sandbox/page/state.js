import { $ } from './dom.js';

/** As whom and where the reader is, and how the parts of the page call the local Discord. */
export const state = {
  actor: localStorage.getItem('actor'),
  /** In which language the reader uses Discord. */
  language: localStorage.getItem('language') ?? 'en-US',
  guild: location.hash.slice(1),
  channel: null,
  /** Whether the channel is a conversation with the bot. */
  isDirect: false,
  /** Called to draw everything anew. */
  refresh: () => Promise.resolve(),
};

export async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message ?? `${response.status}`);
  return answer;
}

/** Does something and says how it went, in the line above the composer. */
export async function act(action, done) {
  try {
    const result = await action();
    say(done?.(result) ?? '');
    await state.refresh();
    return result;
  } catch (error) {
    say(error.message, 'bad');
    return undefined;
  }
}

export function say(text, kind = '') {
  $('status').textContent = text;
  $('status').className = `status ${kind}`;
}

/** Goes to a server, a channel or a conversation. */
export function open(place) {
  Object.assign(state, place);
  if (place.guild) history.replaceState(null, '', `#${place.guild}`);
  void state.refresh();
}

/** Where the reader runs a command: in direct messages there is no server. */
export function here() {
  return state.isDirect ? {} : { guildId: state.guild, channelId: state.channel };
}

/** Who uses the bot. */
export function reader() {
  return { userId: state.actor, locale: state.language };
}

/** A name or description of a command in the reader's language. */
export function localized(text, localizations) {
  return localizations?.[state.language] ?? text;
}

/** Speaks another language from now on. */
export function speak(language) {
  state.language = language;
  localStorage.setItem('language', language);
  void state.refresh();
}

/** Acts as somebody else from now on. */
export function become(id) {
  state.actor = id;
  localStorage.setItem('actor', id);
  void state.refresh();
}

/** Says what came of an interaction when nothing can be seen of it. */
export function outcome({ responses, modal }) {
  return responses.length === 0 && modal === undefined ? 'The application did not respond.' : '';
}
