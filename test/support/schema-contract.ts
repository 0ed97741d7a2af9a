import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** One nameable element of a schema: `Course`, `Course.title`, `Course.memberships(first)`, `UserRole.ADMIN`. */
interface Element {
  readonly name: string;
  /** What has to be the same in both schemas: kind or type, nullability, default. */
  readonly shape: string;
  readonly description: string | null | undefined;
  /** Callers have to give it. */
  readonly required: boolean;
}

/** How a schema stands to the contract that its clients were written against. */
export interface Comparison {
  /** In the contract and not in the schema; of a type that is absent only the type itself is named. */
  readonly absent: readonly string[];
  /** In both, and not the same. */
  readonly different: readonly string[];
  /** Not in the contract, and yet no client of it could do without. */
  readonly demanded: readonly string[];
}

export function compareWithContract(schema: GraphQLSchema, contract: GraphQLSchema): Comparison {
  const ours = new Map(elementsOf(schema).map((element) => [element.name, element]));
  const theirs = elementsOf(contract);
  const missing = theirs.filter(({ name }) => !ours.has(name)).map(({ name }) => name);
  const promised = new Set(theirs.map(({ name }) => name));
  return {
    absent: missing.filter((name) => ownersOf(name).every((owner) => !missing.includes(owner))).sort(),
    different: theirs.flatMap(({ name, shape }) => {
      const own = ours.get(name)?.shape;
      return own === undefined || own === shape ? [] : [`${name}: ${own} instead of ${shape}`];
    }),
    demanded: [...ours.values()]
      .filter(({ name, required }) => required && !promised.has(name) && ownersOf(name).every((o) => promised.has(o)))
      .map(({ name }) => name),
  };
}

/** Elements of the schema that do not say what they are. GraphQL's three root types say it by their names. */
export function withoutDescription(schema: GraphQLSchema): readonly string[] {
  const roots = ['Query', 'Mutation', 'Subscription'];
  return elementsOf(schema)
    .filter(({ name, description }) => !description?.trim() && !roots.includes(name))
    .map(({ name }) => name)
    .sort();
}

function elementsOf(schema: GraphQLSchema): Element[] {
  return Object.values(schema.getTypeMap())
    .filter(({ name }) => !name.startsWith('__') && !['String', 'Boolean', 'Int', 'Float', 'ID'].includes(name))
    .flatMap((type) => [
      { name: type.name, shape: type.constructor.name, description: type.description, required: false },
      ...partsOf(type),
    ]);
}

function partsOf(type: GraphQLNamedType): Element[] {
  if (isEnumType(type)) {
    return type.getValues().map(({ name, description }) => {
      return { name: `${type.name}.${name}`, shape: 'value', description, required: false };
    });
  }
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) => ({
      ...input(field, `${type.name}.${field.name}`),
      required: isRequiredInputField(field),
    }));
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    return Object.values(type.getFields()).flatMap((field) => fieldWithArguments(type.name, field));
  }
  return [];
}

function fieldWithArguments(type: string, field: GraphQLField<unknown, unknown>): Element[] {
  const name = `${type}.${field.name}`;
  return [
    { name, shape: String(field.type), description: field.description, required: false },
    ...field.args.map((argument) => ({
      ...input(argument, `${name}(${argument.name})`),
      required: isRequiredArgument(argument),
    })),
  ];
}

function input(part: GraphQLArgument | GraphQLInputField, name: string): Omit<Element, 'required'> {
  const fallback = part.defaultValue === undefined ? '' : ` = ${JSON.stringify(part.defaultValue)}`;
  return { name, shape: `${String(part.type)}${fallback}`, description: part.description };
}

/** The type, and the field, that an element is a part of. */
function ownersOf(name: string): string[] {
  const [type, part] = name.split('.');
  if (type === undefined || part === undefined) return [];
  return part.includes('(') ? [type, `${type}.${part.slice(0, part.indexOf('('))}`] : [type];
}
