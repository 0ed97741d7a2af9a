// Makes `x.generated.ts` beside every `x.graphql`: the types of its operations, and the operations as text. With --check
// nothing is written; it fails when something would be.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as operations from '@graphql-codegen/typescript-operations';
import { buildSchema, isEnumType, Kind, parse, print } from 'graphql';
import { format, resolveConfig } from 'prettier';

const SOURCES = join(import.meta.dirname, 'src');
const ENUMS = join(SOURCES, 'api/enums.generated.ts');
const HEAD = '// Made by `npm run codegen`. Do not edit.\n';
const isCheck = process.argv.includes('--check');

const schemaText = readFileSync(join(import.meta.dirname, '../schema.gql'), 'utf8');
const schemaAst = buildSchema(schemaText);
const enums = Object.values(schemaAst.getTypeMap())
  .filter((type) => isEnumType(type) && !type.name.startsWith('__'))
  .sort((a, b) => a.name.localeCompare(b.name));

const made = new Map([[ENUMS, HEAD + enums.map(enumText).join('\n')]]);
const files = readdirSync(SOURCES, { recursive: true }).map((file) => join(SOURCES, file));
for (const file of files.filter((name) => name.endsWith('.graphql')).sort()) {
  made.set(file.replace(/\.graphql$/, '.generated.ts'), await textOf(file));
}

const wrong = [];
for (const [file, text] of made) {
  const wanted = await format(text, { ...(await resolveConfig(file)), filepath: file });
  if (files.includes(file) && readFileSync(file, 'utf8') === wanted) continue;
  wrong.push(file);
  if (!isCheck) writeFileSync(file, wanted);
}
for (const file of files.filter((name) => name.endsWith('.generated.ts') && !made.has(name))) {
  wrong.push(file);
  if (!isCheck) rmSync(file);
}
if (isCheck && wrong.length > 0) {
  console.error(`Not what \`npm run codegen\` makes: ${wrong.map((file) => relative('.', file)).join(', ')}`);
  process.exit(1);
}

function enumText({ name, getValues }) {
  return `export type ${name} = ${getValues
    .call(schemaAst.getType(name))
    .map((value) => `'${value.name}'`)
    .join(' | ')};`;
}

/** What a .graphql file becomes. Its operations may use the fragments of the same file. */
async function textOf(file) {
  const document = parse(readFileSync(file, 'utf8'), { noLocation: true });
  const types = await codegen({
    filename: file,
    schema: parse(schemaText),
    schemaAst,
    documents: [{ location: file, document }],
    plugins: [{ operations: {} }],
    pluginMap: { operations },
    config: {
      enumType: 'string-literal',
      disableDescriptions: true,
      immutableTypes: true,
      scalars: { UUID: 'string', Snowflake: 'string', DateTime: 'string', JSON: 'unknown' },
      skipTypename: true,
      strictScalars: true,
    },
  });
  const own = types
    // Enums stand in a file of their own, so that a page and a component speak of the same.
    .replace(/export type (\w+) =\n( {2}\| '\w+'\n?)+;\n*/g, '')
    .replace(/\/\*\* Internal type[^]*?\n(?=\n|\/\*\*|export type \w+(Query|Mutation|Subscription|Fragment))/g, '')
    .replace(/Exact<([^]*?)>;\n/g, '$1;\n');
  const used = enums.map(({ name }) => name).filter((name) => new RegExp(`\\b${name}\\b`).test(own));
  const path = (target) => {
    const found = relative(dirname(file), target);
    return found.startsWith('.') ? found : `./${found}`;
  };
  const fragments = new Map(
    document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((each) => [each.name.value, each]),
  );
  const documents = document.definitions
    .filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    .map((definition) => {
      const { value } = definition.name;
      const text = [definition, ...fragmentsOf(definition, fragments)].map((each) => compact(print(each))).join(' ');
      const kind = definition.operation[0].toUpperCase() + definition.operation.slice(1);
      return `export const ${value[0].toLowerCase()}${value.slice(1)} = operation<${value}${kind}, ${value}${kind}Variables>(${JSON.stringify(text)});`;
    });
  return `${HEAD}// From ${basename(file)}.
${documents.length > 0 ? `import { operation } from '${path(join(SOURCES, 'api/operation'))}';` : ''}
${used.length > 0 ? `import { type ${used.join(', type ')} } from '${path(ENUMS).replace(/\.ts$/, '')}';` : ''}

${own}

${documents.join('\n\n')}
`;
}

/** The fragments that a definition needs, each once. */
function fragmentsOf(definition, fragments, found = new Set()) {
  for (const [, name] of print(definition).matchAll(/\.\.\.(?!on\b)\s*(\w+)/g)) {
    const fragment = fragments.get(name);
    if (!fragment) throw new Error(`The fragment ${name} stands in another file.`);
    if (found.has(fragment)) continue;
    found.add(fragment);
    fragmentsOf(fragment, fragments, found);
  }
  return found;
}

function compact(text) {
  return text.replace(/\s+/g, ' ');
}
