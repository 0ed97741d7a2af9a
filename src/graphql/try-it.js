// The page at /graphql: sends what was typed, and shows the answer with its links. No library, nothing stored.
const form = document.querySelector('form');
const answer = document.querySelector('output');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const token = form.elements.token.value.trim();
  answer.textContent = '…';
  try {
    const response = await fetch(location.pathname, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query: form.elements.document.value }),
    });
    show(JSON.stringify(await response.json(), null, 2));
  } catch (error) {
    answer.textContent = `The service did not answer: ${error.message}`;
  }
});

form.elements.document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

/** Text, in which addresses can be followed. */
function show(text) {
  answer.replaceChildren(
    ...text.split(/(https?:\/\/[^\s"]+)/).map((part) => {
      if (!/^https?:\/\//.test(part)) return part;
      const link = document.createElement('a');
      link.href = part;
      link.textContent = part;
      return link;
    }),
  );
}
