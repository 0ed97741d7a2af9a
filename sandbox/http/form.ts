import { z } from 'zod';
import { type FormErrorTree, DiscordError, refuseField } from './discord-error';
import { ERRORS } from './error-table';
import { type Call } from './call';
import { isSnowflake } from '../world/snowflake';

/** An id: Discord takes text and, from lax clients, whole numbers. */
export const snowflake = z
  .union([z.string(), z.int()])
  .transform(String)
  .refine(isSnowflake, { params: { discord: 'NUMBER_TYPE_COERCE', type: 'snowflake' } });

/** A whole number, also written as text. */
export function integer(minimum: number, maximum: number) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    z.int().min(minimum).max(maximum),
  );
}

/** True or false, also written as text, as forms have to. */
export const boolean = z.preprocess(
  (value) => (value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value),
  z.boolean(),
);

/** A set of permissions: a decimal number as text, or a small one as a number. */
export const permissionSet = z
  .union([z.string(), z.int().nonnegative()])
  .transform(String)
  .refine((value) => /^\d{1,20}$/.test(value), { params: { discord: 'NUMBER_TYPE_COERCE', type: 'int' } });

/** An address with one of these schemes. */
export function address(maximum: number, ...schemes: string[]) {
  return z
    .string()
    .max(maximum)
    .superRefine((text, context) => {
      const report = (discord: string, message: string) =>
        context.addIssue({ code: 'custom', path: [], message, params: { discord } });
      if (!URL.canParse(text)) {
        report('URL_TYPE_INVALID_URL', 'Not a well formed URL.');
        return;
      }
      const scheme = new URL(text).protocol.slice(0, -1);
      const known = schemes.map((each) => `'${each}'`).join(', ');
      if (schemes.includes(scheme)) return;
      const message = `Scheme "${scheme}" is not supported. Scheme must be one of (${known}).`;
      report('URL_TYPE_INVALID_SCHEME', message);
    });
}

/** Distinct ids. A single one may stand without a list, as a form sends it. */
export function snowflakeSet(maximum: number) {
  return z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(snowflake).max(maximum))
    .refine((ids) => new Set(ids).size === ids.length, { params: { discord: 'SET_TYPE_ALREADY_CONTAINS_VALUE' } });
}

/** By the `type` of the value, so that the errors tree speaks of the kind of thing that was meant. */
export function byType<T>(schemas: Readonly<Record<number, z.ZodType<T>>>, unstated?: number) {
  return z.unknown().transform((value, context): T => {
    const isObject = typeof value === 'object' && value !== null;
    const type = (isObject && 'type' in value ? value.type : undefined) ?? unstated;
    const schema = schemas[Number(type)];
    if (isObject && type !== undefined && schema === undefined) {
      const message = `Value of field "type" must be one of (${Object.keys(schemas).join(', ')}).`;
      context.addIssue({ code: 'custom', path: ['type'], message, params: { discord: 'UNION_TYPE_CHOICES' } });
      return z.NEVER;
    }
    const result = (schema ?? typed).safeParse(value, { reportInput: true });
    if (result.success) return result.data as T;
    for (const issue of result.error.issues) context.issues.push({ ...issue, input: issue.input } as never);
    return z.NEVER;
  });
}

/** What has no type is no such thing at all. */
const typed = z.object({ type: z.int() });

/** The body in the schema's shape. Throws 50035 with the errors tree, as Discord words it. */
export function readForm<T extends z.ZodType>(call: Call, schema: T): z.infer<T> {
  return parseForm(schema, call.body ?? {});
}

/** The value in the schema's shape; `path` is where it lies in the body. */
export function parseForm<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw formError(result.error);
}

/** A whole number of the query string. */
export function queryInteger(call: Call, name: string, fallback: number, minimum: number, maximum: number): number {
  const text = call.query.get(name);
  if (text === null || text === '') return fallback;
  if (!/^-?\d{1,15}$/.test(text)) throw refuseField([name], 'NUMBER_TYPE_COERCE', `Value "${text}" is not int.`);
  const value = Number(text);
  if (value < minimum) {
    throw refuseField([name], 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${minimum}.`);
  }
  if (value > maximum) {
    throw refuseField([name], 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${maximum}.`);
  }
  return value;
}

/** An id of the query string. */
export function querySnowflake(call: Call, name: string): string | undefined {
  const text = call.query.get(name);
  if (text === null || text === '') return undefined;
  requireSnowflake(name, text);
  return text;
}

/** A flag of the query string. */
export function queryFlag(call: Call, name: string): boolean {
  const text = call.query.get(name)?.toLowerCase();
  return text === 'true' || text === '1';
}

/** Throws 50035 unless the text is an id. */
export function requireSnowflake(name: string, text: string): void {
  if (!isSnowflake(text)) throw refuseField([name], 'NUMBER_TYPE_COERCE', `Value "${text}" is not snowflake.`);
}

function formError(error: z.ZodError): DiscordError {
  const tree: FormErrorTree = {};
  for (const issue of flatten(error.issues)) {
    let node = tree;
    for (const key of issue.path) {
      const next = node[String(key)];
      node = next === undefined || Array.isArray(next) ? (node[String(key)] = {}) : next;
    }
    const list = node['_errors'];
    const described = describe(issue);
    if (Array.isArray(list)) list.push(described);
    else node['_errors'] = [described];
  }
  return new DiscordError(ERRORS[50035].status, 50035, ERRORS[50035].message, tree);
}

/**
 * A union reports what each branch thinks; the first branch is the one that people mean. Unknown keys, as of languages,
 * are reported where they stand.
 */
function flatten(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue): z.core.$ZodIssue[] => {
    if (issue.code === 'unrecognized_keys') {
      const params = { discord: 'BASE_TYPE_CHOICES' };
      const message = 'The key is none of the possible ones.';
      return issue.keys.map((key) => ({ code: 'custom', path: [...issue.path, key], message, params, input: key }));
    }
    if (issue.code !== 'invalid_union') return [issue];
    const [first = []] = issue.errors;
    return flatten(first).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  });
}

function describe(issue: z.core.$ZodIssue): { code: string; message: string } {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return REQUIRED;
      return WRONG_TYPE[issue.expected]?.(text(issue.input)) ?? { code: 'BASE_TYPE_CONVERT', message: issue.message };
    case 'too_big':
      if (issue.origin === 'string' || issue.origin === 'array') {
        return { code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${issue.maximum} or fewer in length.` };
      }
      return { code: 'NUMBER_TYPE_MAX', message: `int value should be less than or equal to ${issue.maximum}.` };
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') {
        return { code: 'BASE_TYPE_MIN_LENGTH', message: `Must be ${issue.minimum} or more in length.` };
      }
      return { code: 'NUMBER_TYPE_MIN', message: `int value should be greater than or equal to ${issue.minimum}.` };
    case 'invalid_value':
      if (issue.input === undefined) return REQUIRED;
      return { code: 'BASE_TYPE_CHOICES', message: `Value must be one of {${issue.values.map(String).join(', ')}}.` };
    case 'invalid_format':
      return { code: `${issue.format.toUpperCase()}_INVALID`, message: issue.message };
    case 'custom': {
      const params: Record<string, unknown> = issue.params ?? {};
      const { type } = params;
      const code = typeof params['discord'] === 'string' ? params['discord'] : 'BASE_TYPE_INVALID';
      if (typeof type === 'string') return { code, message: `Value "${text(issue.input)}" is not ${type}.` };
      if (code === 'SET_TYPE_ALREADY_CONTAINS_VALUE') return { code, message: 'The set already contains this value.' };
      return { code, message: issue.message };
    }
    default:
      return { code: 'BASE_TYPE_INVALID', message: issue.message };
  }
}

const REQUIRED = { code: 'BASE_TYPE_REQUIRED', message: 'This field is required' };

const WRONG_TYPE: Record<string, (input: string) => { code: string; message: string }> = {
  string: (input) => ({ code: 'STRING_TYPE_CONVERT', message: `Could not interpret "${input}" as string.` }),
  int: (input) => ({ code: 'NUMBER_TYPE_COERCE', message: `Value "${input}" is not int.` }),
  number: (input) => ({ code: 'NUMBER_TYPE_COERCE', message: `Value "${input}" is not int.` }),
  boolean: () => ({ code: 'BOOLEAN_TYPE_CONVERT', message: 'Must be either true or false.' }),
  array: () => ({ code: 'LIST_TYPE_CONVERT', message: 'Only iterables may be used in a ListType' }),
  object: () => ({ code: 'MODEL_TYPE_CONVERT', message: 'Only dictionaries may be used in a ModelType' }),
  record: () => ({ code: 'DICT_TYPE_CONVERT', message: 'Only dictionaries may be used in a DictType' }),
};

function text(input: unknown): string {
  return (typeof input === 'string' ? input : JSON.stringify(input)).slice(0, 100);
}
