import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import * as z from 'zod';

/**
 * What OpenAPI 3.1 demands of a document (https://spec.openapis.org/oas/v3.1.1), as far as this service's document goes: an
 * unknown field that is no extension (x-…) is an error.
 */
const object = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.looseObject(shape).superRefine((value, context) => {
    for (const key of Object.keys(value).filter((name) => !(name in shape) && !name.startsWith('x-')))
      context.addIssue({ code: 'custom', message: `has no field "${key}"` });
  });

const text = z.string().min(1);
const schema = z.union([z.boolean(), z.record(z.string(), z.unknown())]);
const examples = z.record(
  z.string(),
  object({ summary: text.optional(), description: text.optional(), value: z.unknown() }),
);
const media = object({ schema: schema.optional(), example: z.unknown().optional(), examples: examples.optional() });
const content = z.record(z.string().regex(/^[^/\s]+\/[^/\s]+$/), media);
const parameter = object({
  name: text,
  in: z.enum(['query', 'header', 'path', 'cookie']),
  description: z.string().optional(),
  required: z.boolean().optional(),
  deprecated: z.boolean().optional(),
  schema,
  style: z.string().optional(),
  example: z.unknown().optional(),
  examples: examples.optional(),
})
  .refine(({ in: place, required }) => place !== 'path' || required === true, 'a path parameter has to be required')
  .refine((value) => !('example' in value && 'examples' in value), 'example and examples exclude each other');
const response = object({
  description: z.string(),
  content: content.optional(),
  headers: z.record(z.string(), z.unknown()).optional(),
});
const operation = object({
  tags: z.array(text).optional(),
  summary: text,
  description: z.string().optional(),
  operationId: text,
  parameters: z.array(parameter).optional(),
  requestBody: object({ description: z.string().optional(), required: z.boolean().optional(), content }).optional(),
  responses: z.record(z.string().regex(/^([1-5]\d\d|default)$/), response).refine((all) => Object.keys(all).length > 0),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
});
const DOCUMENT = object({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: object({ title: text, version: text, description: z.string().optional(), contact: z.object({}).optional() }),
  servers: z.array(object({ url: text, description: z.string().optional() })).optional(),
  paths: z.record(
    z.string().startsWith('/'),
    object({
      get: operation.optional(),
      post: operation.optional(),
      put: operation.optional(),
      delete: operation.optional(),
    }),
  ),
  components: object({
    schemas: z.record(z.string(), schema).optional(),
    securitySchemes: z
      .record(
        z.string(),
        object({
          type: z.enum(['http', 'apiKey']),
          scheme: text.optional(),
          bearerFormat: text.optional(),
          description: text.optional(),
        }),
      )
      .optional(),
  }).optional(),
  tags: z.array(object({ name: text, description: z.string().optional() })).optional(),
});

export type OpenApi = z.infer<typeof DOCUMENT>;
export type Operation = z.infer<typeof operation>;

/** Every operation with its method and path. */
export function operations(document: OpenApi): { method: string; path: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    (['get', 'post', 'put', 'delete'] as const).flatMap((method) => {
      const found = item[method];
      return found ? [{ method: method.toUpperCase(), path, operation: found }] : [];
    }),
  );
}

/** @throws when the document is not OpenAPI 3.1; its schemas have to be JSON Schema 2020-12. */
export function readOpenApi(json: unknown): OpenApi {
  const document = DOCUMENT.parse(json);
  const all = operations(document);
  const ids = all.map(({ operation: { operationId } }) => operationId);
  if (new Set(ids).size !== ids.length) throw new Error('Two operations have the same operationId.');
  for (const { method, path, operation: described } of all) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    const named = (described.parameters ?? [])
      .filter(({ in: place }) => place === 'path')
      .map(({ name }) => name)
      .sort();
    if (inPath.join() !== named.join()) throw new Error(`${method} ${path} describes the parameters ${named.join()}.`);
    for (const requirement of described.security ?? []) {
      for (const name of Object.keys(requirement))
        if (!document.components?.securitySchemes?.[name])
          throw new Error(`${method} ${path} needs ${name}, which is nowhere.`);
    }
    const contents = [
      described.requestBody?.content,
      ...Object.values(described.responses).map((answer) => answer.content),
    ];
    const schemas = [
      ...(described.parameters ?? []).map((each) => each.schema),
      ...contents.flatMap((each) => Object.values(each ?? {})).flatMap((each) => each.schema ?? []),
    ];
    for (const each of schemas) schemaOf(each);
  }
  return document;
}

/** A validator of what is described. @throws when it is no JSON Schema 2020-12 */
export function schemaOf(described: unknown) {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false });
  addFormats(ajv);
  return ajv.compile(described as boolean | object);
}
