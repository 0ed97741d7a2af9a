import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { BUILD_SCHEMA_OPTIONS } from './scalars';

/**
 * The schema of these resolvers as text, made without starting any of them: no database, no Discord. Sorted, so that a
 * difference between two versions is a change of the schema and never one of order.
 */
export async function printSchemaOf(
  resolvers: readonly (new (...dependencies: never[]) => unknown)[],
): Promise<string> {
  const application = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  try {
    const schema = await application.get(GraphQLSchemaFactory).create([...resolvers], { ...BUILD_SCHEMA_OPTIONS });
    return `${printSchema(lexicographicSortSchema(schema))}\n`;
  } finally {
    await application.close();
  }
}
