import { type ApolloServerPlugin } from '@apollo/server';

/** What a person sees who opens the address in a browser: programs talk to it, and this is how. */
export function landingPage(production: boolean): ApolloServerPlugin {
  const schema = production
    ? 'It stands in the file schema.gql of the project; here, in production, introspection is switched off.'
    : 'It stands in the file schema.gql of the project, and any GraphQL client can read it from this address (introspection is on).';
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Anycademy Discord: GraphQL</title></head>
<body>
<h1>Anycademy Discord: GraphQL</h1>
<p>This address is for programs. It keeps course enrollment and Discord membership in step, and answers questions about both.</p>
<ul>
<li>Queries and mutations: POST <code>{"query": "{ viewer { displayName } }"}</code> as <code>application/json</code>, with the header <code>Authorization: Bearer TOKEN</code>.</li>
<li>Subscriptions: WebSocket at the same address, protocol <code>graphql-transport-ws</code>, with <code>{"authorization": "Bearer TOKEN"}</code> as connection parameters.</li>
</ul>
<p>The schema: ${schema}</p>
</body>
</html>
`;
  return {
    serverWillStart: () => Promise.resolve({ renderLandingPage: () => Promise.resolve({ html }) }),
  };
}
