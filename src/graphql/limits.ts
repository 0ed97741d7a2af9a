import { NoSchemaIntrospectionCustomRule, specifiedRules, type ValidationRule } from 'graphql';

/** Where GraphQL is served, over HTTP and over WebSocket. */
export const GRAPHQL_PATH = '/graphql';

/** The largest body or WebSocket message that is read, bytes. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

/** The longest document that is parsed, in tokens: a page of the web front end needs about 300. */
export const MAX_TOKENS = 5_000;

/** The rules by which a document is checked that arrives over WebSocket; over HTTP Apollo applies the same. */
export function validationRules(production: boolean): ValidationRule[] {
  return production ? [...specifiedRules, NoSchemaIntrospectionCustomRule] : [...specifiedRules];
}
