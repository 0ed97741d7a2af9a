// The platform's page: its own React, its own rules, and our components as its developers would put them there.
import { createElement as h, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import * as components from 'anycademy-discord/embed';

const asked = new URLSearchParams(location.search);

/** The platform knows who is signed in; here the address says it. */
async function getToken(refused) {
  const answer = await fetch(`/token?as=${asked.get('as')}`, { method: 'POST', body: refused ?? '' });
  if (!answer.ok) throw new Error('Signed out.');
  return answer.text();
}

function Platform() {
  const courseId = asked.get('course') ?? undefined;
  const shown = (asked.get('show') ?? '').split(',').filter(Boolean);
  return h(
    components.AnycademyDiscord,
    {
      endpoint: document.body.dataset.endpoint,
      getToken,
      ...(asked.has('language') ? { language: asked.get('language') } : {}),
      ...(asked.has('theme') ? { theme: asked.get('theme') } : {}),
    },
    h(
      'main',
      { onClick: () => (document.body.dataset.clicks = Number(document.body.dataset.clicks ?? 0) + 1) },
      h('h1', null, 'The platform'),
      h('p', { id: 'own' }, 'A page of the platform.'),
      ...shown.map((name) => h('section', { key: name, id: name }, h(components[name], { courseId }))),
    ),
  );
}

createRoot(document.getElementById('root')).render(h(StrictMode, null, h(Platform)));
