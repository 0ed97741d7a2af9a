/** A GraphQL operation as text, with the types of what it takes and gives. Made by `npm run codegen`. */
export interface Operation<Data, Variables> {
  readonly name: string;
  readonly text: string;
  /** Never there: only carries the types. */
  readonly types?: (variables: Variables) => Data;
}

export function operation<Data, Variables>(text: string): Operation<Data, Variables> {
  return { name: /^\w+ (\w+)/.exec(text)?.[1] ?? '', text };
}
