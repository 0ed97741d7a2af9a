import {
  getNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** A selection of everything that can be asked of a type without arguments, this many levels deep. */
export function selectionOf(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields())
    .filter(({ args }) => args.every(({ type: argument }) => !isNonNullType(argument)))
    .map(({ name, type: inner }) => {
      if (isLeafType(getNamedType(inner))) return name;
      // What wraps a list costs no level.
      const wraps = /Connection$|Edge$/.test(named.name) || isListType(inner);
      if (depth < 1 && !wraps) return '';
      const selection = selectionOf(inner, wraps ? depth : depth - 1);
      return selection === '' ? '' : `${name}${selection}`;
    })
    .filter((field) => field !== '');
  return fields.length === 0 ? '' : ` { ${fields.join(' ')} }`;
}

/** The document of one field, with its arguments: `Query`, `course`, `course(id: "…")`. @param depth as of {@link selectionOf} */
export function documentOf(schema: GraphQLSchema, kind: string, field: string, asked: string, depth = 0): string {
  const type = schema.getRootType(kind.toLowerCase() as never)?.getFields()[field]?.type;
  return `${kind.toLowerCase()} { ${asked}${type ? selectionOf(type, depth) : ''} }`;
}
