import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { parseInstant } from '../common/instant';
import { isSnowflake } from '../common/snowflake';
import { isUuid } from '../common/uuid';

function refuse(message: string, node?: ValueNode): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' }, ...(node && { nodes: [node] }) });
}

/** The value as a client wrote it, short enough for an error message. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** A scalar that travels as text: one rule for variables and for literals in the document. */
function textScalar<Internal>(options: {
  readonly name: string;
  readonly description: string;
  readonly parse: (text: string) => Internal | undefined;
  readonly expected: string;
  readonly serialize: (value: unknown) => string;
}): GraphQLScalarType<Internal, string> {
  const { parse, expected, ...rest } = options;
  const read = (value: unknown, node?: ValueNode): Internal => {
    const internal = typeof value === 'string' ? parse(value) : undefined;
    if (internal === undefined) throw refuse(`${options.name} must be ${expected}; it was ${shown(value)}.`, node);
    return internal;
  };
  return new GraphQLScalarType<Internal, string>({
    ...rest,
    parseValue: (value) => read(value),
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : valueFromASTUntyped(node), node),
  });
}

function serializeInstant(value: unknown): string {
  const instant = typeof value === 'string' || typeof value === 'number' ? new Date(value) : value;
  if (!(instant instanceof Date)) throw new TypeError(`DateTime cannot serialize a ${typeof value}.`);
  return instant.toISOString();
}

function serializeText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  throw new TypeError(`An identifier must be text; it was a ${typeof value}.`);
}

export const GraphQLSnowflake = textScalar({
  name: 'Snowflake',
  description: 'Discord identifier: the decimal string of an unsigned 64-bit integer.',
  expected: 'a Discord id, written as a string of 17 to 20 digits (a number would lose its last digits)',
  parse: (text) => (isSnowflake(text) ? text : undefined),
  serialize: serializeText,
});

export const GraphQLUuid = textScalar({
  name: 'UUID',
  description: 'RFC 4122 identifier.',
  expected: 'an RFC 4122 identifier such as "7c9e6679-7425-40de-944b-e07fc1f90ae7"',
  // PostgreSQL writes lower case: comparing with what it returns needs the same.
  parse: (text) => (isUuid(text) ? text.toLowerCase() : undefined),
  serialize: serializeText,
});

export const GraphQLDateTime = textScalar({
  name: 'DateTime',
  description: 'ISO 8601 instant, always UTC.',
  expected: 'an ISO 8601 instant with its time zone such as "2026-01-31T17:00:00Z"',
  parse: parseInstant,
  serialize: serializeInstant,
});

export const GraphQLJson = new GraphQLScalarType({
  name: 'JSON',
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

/**
 * How the schema is built, by the running service and when it is printed. A field declared as a `Date` is a
 * {@link GraphQLDateTime}: Nest would otherwise bring a DateTime of its own.
 */
export const BUILD_SCHEMA_OPTIONS = { scalarsMap: [{ type: Date, scalar: GraphQLDateTime }] };
