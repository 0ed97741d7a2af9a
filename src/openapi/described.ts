import { applyDecorators } from '@nestjs/common';
import { ApiResponse, type OpenAPIObject } from '@nestjs/swagger';
import * as z from 'zod';
import { type ErrorCode, HTTP_STATUS } from '../common/domain-error';

type Components = Required<NonNullable<OpenAPIObject['components']>>;
type SchemaObject = Exclude<Components['schemas'][string], { $ref: string }>;
type ExampleObject = Exclude<Components['examples'][string], { $ref: string }>;

/** Ids as the demo of `npm start` has them, for examples. */
export const EXAMPLE = {
  student: '00000000-0000-4000-8000-000000000101',
  course: '00000000-0000-4000-8000-000000000203',
  unknown: '00000000-0000-4000-8000-00000000dead',
} as const;

/** What a validator demands, as JSON Schema: documented is what is checked. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): SchemaObject {
  const described = z.toJSONSchema(schema, { io });
  // The document says for all of them which dialect they are in.
  delete described.$schema;
  return described as SchemaObject;
}

/** A request that can be made as it stands, and the status that answers it (`x-status`; a test makes every one of them). */
export function example(status: number, summary: string, value: unknown): ExampleObject {
  return { summary, value, ...{ 'x-status': status } };
}

const PROBLEM = z.object({
  type: z.string().meta({ description: 'urn:anycademy:problem:…, the code in lower case.' }),
  title: z.string(),
  status: z.int(),
  detail: z.string().meta({ description: 'What was found, what was expected, what to do.' }),
  code: z.enum(Object.keys(HTTP_STATUS) as [ErrorCode, ...ErrorCode[]]),
  instance: z.string().optional().meta({ description: 'The request, for the support.' }),
  errors: z
    .array(z.object({ index: z.int(), pointer: z.string(), detail: z.string() }))
    .optional()
    .meta({ description: 'Which of several events are wrong, and where.' }),
});

/** How a handler may refuse: problem documents (RFC 9457) with these statuses, each with why. */
export function ApiProblems(reasons: Readonly<Record<number, string>>): MethodDecorator {
  return applyDecorators(
    ...Object.entries(reasons).map(([status, description]) =>
      ApiResponse({
        status: Number(status),
        description,
        content: { 'application/problem+json': { schema: jsonSchema(PROBLEM, 'output') } },
      }),
    ),
  );
}
