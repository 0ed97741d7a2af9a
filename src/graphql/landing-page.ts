import { type ApolloServerPlugin } from '@apollo/server';
import { TRY_IT_SCRIPT } from './try-it.controller';

const HEAD = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Anycademy Discord: GraphQL</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
  label { display: block; margin-top: 1rem; font-weight: 600; }
  textarea, input { box-sizing: border-box; width: 100%; font: 0.875rem/1.5 ui-monospace, monospace; padding: 0.5rem; }
  textarea { min-height: 9rem; }
  button { margin-top: 1rem; padding: 0.5rem 1.25rem; font: inherit; }
  output { display: block; margin-top: 1rem; font: 0.875rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>Anycademy Discord: GraphQL</h1>
<p>This address is for programs: it keeps course enrollment and Discord membership in step, and answers questions about both.</p>
<ul>
<li>Queries and mutations: POST <code>{"query": "{ viewer { displayName } }"}</code> as <code>application/json</code>, with the header <code>Authorization: Bearer TOKEN</code>.</li>
<li>Subscriptions: WebSocket at the same address, protocol <code>graphql-transport-ws</code>, with <code>{"authorization": "Bearer TOKEN"}</code> as connection parameters.</li>
</ul>`;

const TRY_IT = `
<p>The schema stands in the file schema.gql of the project, and any GraphQL client can read it from this address.</p>
<h2>Try it</h2>
<form>
<label for="token">Bearer token</label>
<input id="token" name="token" autocomplete="off" spellcheck="false" placeholder="one of those that the terminal shows">
<label for="document">Document</label>
<textarea id="document" name="document" spellcheck="false">{
  viewer {
    displayName
    discordConnection { username }
    memberships { nodes { course { title } guildName status reason explanation } }
  }
}</textarea>
<button>Run (Ctrl+Enter)</button>
</form>
<output aria-live="polite"></output>
<script src="${TRY_IT_SCRIPT}"></script>`;

const CLOSED = `
<p>The schema stands in the file schema.gql of the project; here introspection is switched off.</p>`;

/** What a person sees who opens the address in a browser: what it is for and, where the schema is told, a form to try it. */
export function landingPage(introspection: boolean): ApolloServerPlugin {
  const html = `${HEAD}${introspection ? TRY_IT : CLOSED}
</body>
</html>
`;
  return {
    serverWillStart: () => Promise.resolve({ renderLandingPage: () => Promise.resolve({ html }) }),
  };
}
