import { type Server } from 'node:http';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { type Request, type Response } from 'express';
import { CONFIG, type Config } from '../config/config';
import { AUTHENTICATE, type Authenticate } from './authenticate';
import { type GraphqlContext } from './context';
import { costLimit } from './cost';
import { asGraphqlError, formatGraphqlError } from './error-format';
import { landingPage } from './landing-page';
import { GRAPHQL_PATH, MAX_TOKENS } from './limits';
import { Loaders } from './loaders';
import { ProblemFilter } from './problem.filter';
import { BUILD_SCHEMA_OPTIONS } from './scalars';
import { subscriptionServer } from './subscription-server';
import { TryItController } from './try-it.controller';

/**
 * GraphQL at {@link GRAPHQL_PATH}: the schema is made from the resolvers of whichever modules the process has. Also the
 * filter that answers failed REST requests, because both speak from one table of errors.
 */
@Module({
  imports: [
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      inject: [CONFIG, AUTHENTICATE, HttpAdapterHost],
      useFactory: (config: Config, authenticate: Authenticate, http: HttpAdapterHost): ApolloDriverConfig => ({
        path: GRAPHQL_PATH,
        autoSchemaFile: true,
        buildSchemaOptions: BUILD_SCHEMA_OPTIONS,
        introspection: !config.production,
        hideSchemaDetailsFromClientErrors: config.production,
        includeStacktraceInErrorResponses: false,
        csrfPrevention: true,
        persistedQueries: false,
        parseOptions: { maxLexicalTokens: MAX_TOKENS },
        playground: false,
        context: ({ req, res }: { req: Request; res: Response }) => contextOf(req, res, authenticate),
        autoTransformHttpErrors: false,
        formatError: (_formatted, error) => formatGraphqlError(error),
        plugins: [
          costLimit,
          landingPage(config.production),
          subscriptionServer({
            // Nest makes the server after everything that is injected, so it can only be asked for later.
            httpServer: () => http.httpAdapter.getHttpServer() as Server,
            authenticate,
            production: config.production,
          }),
        ],
      }),
    }),
  ],
  controllers: [TryItController],
  providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
})
export class GraphqlModule {}

async function contextOf(req: Request, res: Response, authenticate: Authenticate): Promise<GraphqlContext> {
  try {
    const caller = await authenticate(req.headers.authorization);
    return { caller, loaders: new Loaders(), headers: req.headers, req, res };
  } catch (error) {
    throw asGraphqlError(error);
  }
}
