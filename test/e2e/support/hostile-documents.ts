import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getNamedType, type GraphQLField, type GraphQLInputType, isEnumType, isObjectType } from 'graphql';
import { isListType, isNonNullType } from 'graphql';
import { type Randomness } from '../../sandbox/fuzz-input';
import { type HostileWorld } from './hostile-world';

type Ids = Pick<HostileWorld, 'uuids' | 'snowflakes'>;

const schema = buildSchema(readFileSync(join(__dirname, '../../../schema.gql'), 'utf8'));
const ROOTS = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
  type ? [{ keyword: type.name.toLowerCase(), fields: Object.values(type.getFields()) }] : [],
);

/** What stands where something else is expected. */
const NONSENSE = [
  '\u0000',
  '💥',
  '{',
  '}',
  '(',
  ')',
  '...',
  '@',
  '$',
  '"""',
  '"',
  '!',
  '[',
  '&',
  '#\n',
  'fragment',
  'on',
  '-0',
  '1e400',
];

/** Texts that have broken something somewhere. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  "' OR 1=1 --",
  '"; drop',
  '\u0000',
  '\uD800',
  '${7*7}',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '%00%ff',
  '𝕏'.repeat(50),
  '9'.repeat(40),
  '1e999',
  'NaN',
  'x'.repeat(20_000),
  '2025-02-30T00:00:00Z',
  '00000000-0000-0000-0000-000000000000',
  '18446744073709551616',
];

/** A value for an argument: now and then one that fits. */
function literal(random: Randomness, ids: Ids, type: GraphQLInputType): string {
  if (random.chance(0.3))
    return random.pick(['null', '-1', '1.5', 'true', 'NOPE', '[]', '[[{}]]', '{ a: 1 }', '2147483648', '$x']);
  if (isNonNullType(type)) return literal(random, ids, type.ofType);
  if (isListType(type))
    return `[${Array.from({ length: random.below(4) }, () => literal(random, ids, type.ofType)).join(' ')}]`;
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  switch (getNamedType(type).name) {
    case 'Int':
      return String(random.pick([0, 1, 50, 200, 201, -5]));
    case 'Boolean':
      return random.pick(['true', 'false']);
    case 'UUID':
      return JSON.stringify(random.pick([...ids.uuids, '7c9e6679']));
    case 'Snowflake':
      return random.pick([...ids.snowflakes.map((id) => `"${id}"`), '"12"', '123456789012345678']);
    default:
      return JSON.stringify(random.pick(HOSTILE_TEXTS));
  }
}

function selection(random: Randomness, ids: Ids, field: GraphQLField<unknown, unknown>, depth: number): string {
  const given = field.args.filter((argument) => isNonNullType(argument.type) || random.chance(0.3));
  const values = given.map((argument) => `${argument.name}: ${literal(random, ids, argument.type)}`).join(', ');
  const head = `${random.chance(0.05) ? 'other: ' : ''}${field.name}${values && `(${values})`}${random.chance(0.05) ? ' @include(if: true)' : ''}`;
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return head;
  const inner = Object.values(type.getFields()).filter(() => random.chance(0.3));
  const deeper = depth > 6 ? [] : inner.map((each) => selection(random, ids, each, depth + 1));
  return `${head} { ${deeper.length > 0 ? deeper.join(' ') : '__typename'} }`;
}

/** A document by the grammar and the schema, with arguments of all kinds. */
export function document(random: Randomness, ids: Ids): string {
  const { keyword, fields } = random.pick(ROOTS);
  const chosen = Array.from({ length: 1 + random.below(2) }, () => selection(random, ids, random.pick(fields), 0));
  return `${keyword} ${random.chance(0.2) ? 'Name' : ''} { ${chosen.join(' ')} }`;
}

/** One that was right, and is not any more: pieces are lost, doubled, exchanged or replaced. */
export function mutant(random: Randomness, ids: Ids): string {
  let text = document(random, ids);
  for (let changes = 1 + random.below(4); changes > 0; changes -= 1) {
    const at = random.below(text.length);
    const length = random.below(12);
    const piece = random.pick([...NONSENSE, '', text.slice(at, at + length).repeat(2)]);
    text = text.slice(0, at) + piece + text.slice(at + length);
  }
  return text;
}

/** Documents that are small to send and large to answer. */
export function bomb(random: Randomness): string {
  const many = 1 + random.below(6_000);
  return random.pick([
    `{ ${'a: viewer { id } '.repeat(many)} }`,
    `{ ${'viewer { '.repeat(many)} id ${' }'.repeat(many)} }`,
    `{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }`,
    `query (${Array.from({ length: many % 300 }, (_, index) => `$v${index}: Int`).join(' ')}) { __typename }`,
    `{ viewer ${'@skip(if: false) '.repeat(many)} { id } }`,
    `{ memberships(filter: { search: ${'['.repeat(many)}${']'.repeat(many)} }) { totalCount } }`,
    `{ __schema { types { fields { type { ${'ofType { '.repeat(40)} name ${' }'.repeat(40)} } } } } }`,
    `{ auditLog(first: 200) { nodes { id } } memberships(first: 200) { nodes { course { memberships(first: 200) { nodes { id } } } } } }`,
  ]);
}
