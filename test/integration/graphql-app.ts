import { type AddressInfo } from 'node:net';
import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Caller } from '../../src/common/caller';
import { DomainError } from '../../src/common/domain-error';
import { CONFIG, type Config, type ProcessRole } from '../../src/config/config';
import { AUTHENTICATE, type Authenticate } from '../../src/graphql/authenticate';
import { GraphqlModule } from '../../src/graphql/graphql.module';

/** What a GraphQL client gets. */
export interface Answer {
  readonly status: number;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; path?: unknown[]; extensions: Record<string, unknown> }[];
}

export interface GraphqlApp {
  readonly url: string;
  readonly nest: NestExpressApplication;
  /** Asks over HTTP as this caller, or as nobody. */
  ask(query: string, options?: { as?: Caller; variables?: Record<string, unknown> }): Promise<Answer>;
  /** A WebSocket client with this token. */
  connect(connectionParams: Record<string, unknown>): Client;
  stop(): Promise<void>;
}

/** A stand-in for the platform's token: it says who its bearer is. */
export function tokenOf(caller: Caller): string {
  return `Bearer ${Buffer.from(JSON.stringify(caller)).toString('base64url')}`;
}

const authenticate: Authenticate = (authorization) => {
  if (authorization === undefined) return Promise.resolve(null);
  if (authorization === 'Bearer broken') return Promise.reject(new Error('the key server at 10.0.0.7 is down'));
  try {
    const text = Buffer.from(authorization.replace('Bearer ', ''), 'base64url').toString();
    return Promise.resolve(JSON.parse(text) as Caller);
  } catch {
    return Promise.reject(new DomainError('UNAUTHENTICATED', 'The token is not one of the platform.'));
  }
};

/** GraphQL and whatever modules a test brings, on a free port. */
export async function startGraphqlApp(options: {
  readonly config?: Partial<Config>;
  readonly imports?: (Type | DynamicModule)[];
  readonly providers?: Type[];
  readonly controllers?: Type[];
}): Promise<GraphqlApp> {
  @Global()
  @Module({
    providers: [
      {
        provide: CONFIG,
        useValue: {
          introspection: true,
          roles: new Set<ProcessRole>(['api']),
          rateLimit: { perMinute: 10_000, servicePerMinute: 10_000 },
          trustedProxies: [],
          ...options.config,
        },
      },
      { provide: AUTHENTICATE, useValue: authenticate },
    ],
    exports: [CONFIG, AUTHENTICATE],
  })
  class Foundations {}

  const testing = await Test.createTestingModule({
    imports: [Foundations, GraphqlModule, ...(options.imports ?? [])],
    providers: options.providers ?? [],
    controllers: options.controllers ?? [],
  }).compile();
  const nest = testing.createNestApplication<NestExpressApplication>();
  nest.useLogger(false);
  nest.useBodyParser('json', { limit: '1mb' });
  await nest.listen(0, '127.0.0.1');
  const { port } = (nest.getHttpServer() as { address(): AddressInfo }).address();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    nest,
    ask: async (query, { as, variables } = {}) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(as && { authorization: tokenOf(as) }) },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
    },
    connect: (connectionParams) =>
      createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams,
        retryAttempts: 0,
      }),
    stop: () => nest.close(),
  };
}
