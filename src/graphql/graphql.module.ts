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
import { asGraphqlError, errorFormat } from './error-format';
import { landingPage } from './landing-page';
import { OWN_RULES } from './document-rules';
import { aList, GRAPHQL_PATH, LIMITS } from './limits';
import { Loaders } from './loaders';
import { OpenSockets, OpenSocketsModule } from './open-sockets';
import { ProblemFilter } from './problem.filter';
import { RateLimitModule } from './rate-limit.module';
import { RateLimits } from './rate-limits';
import { BUILD_SCHEMA_OPTIONS } from './scalars';
import { spokenStatus } from './spoken-status';
import { subscriptionServer } from './subscription-server';
import { TryItController } from './try-it.controller';

/** How long a persisted query is kept that nobody asks for, seconds. */
const PERSISTED_FOR = 24 * 3_600;

/**
 * GraphQL at {@link GRAPHQL_PATH}: the schema is made from the resolvers of whichever modules the process has. Also the
 * filter that answers failed REST requests, because both speak from one table of errors.
 */
@Module({
  imports: [
    RateLimitModule,
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      imports: [RateLimitModule, OpenSocketsModule],
      inject: [CONFIG, AUTHENTICATE, HttpAdapterHost, RateLimits, OpenSockets],
      useFactory: (
        { introspection, roles }: Config,
        authenticate: Authenticate,
        http: HttpAdapterHost,
        rates: RateLimits,
        sockets: OpenSockets,
      ): ApolloDriverConfig => ({
        path: GRAPHQL_PATH,
        autoSchemaFile: true,
        buildSchemaOptions: BUILD_SCHEMA_OPTIONS,
        introspection,
        includeStacktraceInErrorResponses: false,
        csrfPrevention: true,
        // Kept in Apollo's own cache, which holds 30 MB at the most: what was not asked for longest goes first.
        persistedQueries: { ttl: PERSISTED_FOR },
        parseOptions: { maxLexicalTokens: LIMITS.tokens },
        validationRules: OWN_RULES,
        playground: false,
        context: ({ req, res }: { req: Request; res: Response }) => contextOf(req, res, authenticate, rates),
        autoTransformHttpErrors: false,
        formatError: (_formatted, error) => errorFormat(introspection)(error),
        plugins: [
          costLimit,
          spokenStatus,
          landingPage(introspection),
          // The rest of what is not for a process without the role is refused before it comes here.
          ...(roles.has('api')
            ? [
                subscriptionServer({
                  // Nest makes the server after everything that is injected, so it can only be asked for later.
                  httpServer: () => http.httpAdapter.getHttpServer() as Server,
                  authenticate,
                  introspection,
                  rates,
                  sockets,
                }),
              ]
            : []),
        ],
      }),
    }),
  ],
  controllers: [TryItController],
  providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
})
export class GraphqlModule {}

async function contextOf(
  req: Request,
  res: Response,
  authenticate: Authenticate,
  rates: RateLimits,
): Promise<GraphqlContext> {
  try {
    const caller = await authenticate(req.headers.authorization, req.method, req.headers).catch(
      async (error: unknown) => {
        // Whoever tries out tokens is counted, too.
        await rates.count(null, req);
        throw error;
      },
    );
    await rates.count(caller, req);
    if (Array.isArray(req.body)) throw aList(req.body.length);
    return { caller, loaders: new Loaders(), headers: req.headers, req, res };
  } catch (error) {
    throw asGraphqlError(error);
  }
}
