import { $, el, time } from './dom.js';
import { call } from './state.js';

const SHOWN = 300;
let next = 0;

/** Adds what was asked since the last time, newest on top, with what is left in each call's bucket. */
export async function followRequests() {
  const [{ next: after, requests }, limits] = await Promise.all([
    call('GET', `/sandbox/requests?since=${next}`),
    call('GET', '/sandbox/limits'),
  ]);
  next = after;
  $('limits').textContent = limits.enforce
    ? `Rate limits are enforced: ${limits.globalPerSecond} calls a second in all, and each bucket's own.`
    : 'Rate limits are told, but not enforced.';
  for (const request of requests.slice(-200)) $('requests').prepend(row(request));
  while ($('requests').children.length > SHOWN) $('requests').lastChild.remove();
}

function row(request) {
  const kind = request.status === 429 ? 'warn' : request.status >= 400 || request.status === 0 ? 'bad' : 'good';
  return el(
    'tr',
    {},
    el('td', {}, time(request.at)),
    el('td', {}, request.method),
    el('td', { title: request.path }, request.route),
    el('td', { className: kind }, request.status === 0 ? 'cut' : String(request.status)),
    el('td', { title: request.bucket === null ? '' : `bucket ${request.bucket}` }, request.remaining ?? '–'),
    el('td', {}, String(request.ms)),
  );
}
