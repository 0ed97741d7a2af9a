import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Args, Context, Field, Int, ObjectType, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { WebSocket } from 'ws';
import { DomainError } from '../../src/common/domain-error';
import { type GraphqlContext } from '../../src/graphql/context';
import { loaders } from '../../src/graphql/loaders';
import { type GraphqlApp, startGraphqlApp, tokenOf } from './graphql-app';
import { caller, like } from './log-app';

const student = caller('7c9e6679-7425-40de-944b-e07fc1f90ae7');
const authorization = tokenOf(student);

@ObjectType()
class Tick {
  @Field(() => Int)
  number!: number;
}

let loads = 0;
let left = 0;

@Resolver(() => Tick)
class TickResolver {
  @Query(() => String)
  hello(@Context() context: GraphqlContext) {
    return `Hello ${context.caller?.userId ?? 'nobody'}, ${context.headers['accept-language'] ?? 'in no language'}`;
  }

  @Subscription(() => Tick, { resolve: (number: number) => ({ number }) })
  ticks(@Args('until', { type: () => Int }) until: number, @Args('then') then: string): AsyncIterableIterator<number> {
    if (then === 'refuse') throw new DomainError('NOT_FOUND', 'There is no such clock.');
    let number = 0;
    const iterator: AsyncIterableIterator<number> = {
      next: async () => {
        if (number < until) return { done: false, value: (number += 1) };
        if (then === 'break') throw new Error('connection to 10.0.0.7 lost');
        if (then === 'end') return { done: true, value: undefined };
        return new Promise(() => undefined);
      },
      return: () => {
        left += 1;
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  @ResolveField(() => String)
  async label(@Context() context: GraphqlContext): Promise<string> {
    const labels = loaders(context).get<string, string>('tick/label', (keys) => {
      loads += 1;
      return Promise.resolve(keys.map((key) => `${key} ${loads}`));
    });
    return labels.load('label');
  }
}

describe('subscriptions', () => {
  let app: GraphqlApp;

  beforeAll(async () => {
    app = await startGraphqlApp({ providers: [TickResolver] });
  });
  afterAll(() => app.stop());

  const all = async (query: string, client = app.connect({ authorization })): Promise<unknown[]> => {
    const results: unknown[] = [];
    for await (const result of client.iterate({ query })) results.push(JSON.parse(JSON.stringify(result)));
    await client.dispose();
    return results;
  };

  /** Opens a WebSocket by hand, sends the messages and waits until the server closes it. */
  const closing = (messages: string[], protocol = 'graphql-transport-ws'): Promise<{ code: number; reason: string }> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, protocol);
      socket.on('open', () => messages.forEach((message) => socket.send(message)));
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
      socket.on('error', reject);
    });

  const init = (payload: unknown) => JSON.stringify({ type: 'connection_init', payload });

  it('bring one event after the other, until they end', async () => {
    expect(await all('subscription { ticks(until: 3, then: "end") { number } }')).toEqual([
      { data: { ticks: { number: 1 } } },
      { data: { ticks: { number: 2 } } },
      { data: { ticks: { number: 3 } } },
    ]);
  });

  it('load for every event anew: what is shown is as it is now', async () => {
    loads = 0;
    expect(await all('subscription { ticks(until: 2, then: "end") { label } }')).toEqual([
      { data: { ticks: { label: 'label 1' } } },
      { data: { ticks: { label: 'label 2' } } },
    ]);
  });

  it('let go of their source when the client leaves, although nothing happens there', async () => {
    const client = app.connect({ authorization });
    const before = left;
    const stream = client.iterate({ query: 'subscription { ticks(until: 1, then: "wait") { number } }' });
    await stream.next();
    await stream.return?.();
    await client.dispose();
    await sleep(100);
    expect(left).toBe(before + 1);
  });

  it('answer queries on the same connection, with caller and headers', async () => {
    expect(await all('{ hello }')).toEqual([{ data: { hello: `Hello ${student.userId}, in no language` } }]);
  });

  it('are told in the usual form why they were refused', async () => {
    expect(await all('subscription { ticks(until: 1, then: "refuse") { number } }')).toMatchObject([
      { errors: [{ message: 'There is no such clock.', extensions: { code: 'NOT_FOUND' } }] },
    ]);
  });

  it('that break tell an id and nothing internal', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    await expect(all('subscription { ticks(until: 1, then: "break") { number } }')).rejects.toMatchObject([
      {
        message: like(/^Something went wrong on our side/),
        extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId: like(/^[0-9a-f-]{36}$/) },
      },
    ]);
    expect(logged).toHaveBeenCalledTimes(1);
    logged.mockRestore();
  });

  it.each([
    ['subscription { ticks(', 'GRAPHQL_PARSE_FAILED'],
    ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('that are not right (%s) leave the connection to the others', async (query, code) => {
    const client = app.connect({ authorization });
    const other = client.iterate({ query: 'subscription { ticks(until: 1, then: "wait") { number } }' });
    await other.next();
    const refused = client.iterate({ query });
    await expect(refused.next()).rejects.toMatchObject([{ extensions: { code } }]);
    const hello = client.iterate({ query: '{ hello }' });
    expect((await hello.next()).done).toBe(false);
    await client.dispose();
  });

  it.each([
    ['without a token', {}, 4401, /connection parameters/],
    ['with a bad token', { authorization: 'Bearer nonsense' }, 4403, /not one of the platform/],
    ['when the token cannot be checked', { authorization: 'Bearer broken' }, 4500, /^Something went wrong on our side/],
    ['with an expired token', { authorization: tokenOf({ ...student, expiresAt: 1 }) }, 4403, /^Token expired/],
  ])('are not opened %s', async (_when, payload, code, reason) => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const closed = await closing([init(payload)]);
    expect(closed.code).toBe(code);
    expect(closed.reason).toMatch(reason);
    logged.mockRestore();
  });

  it('end with the token that opened them', async () => {
    const client = app.connect({ authorization: tokenOf({ ...student, expiresAt: Date.now() / 1_000 + 0.5 }) });
    const stream = client.iterate({ query: 'subscription { ticks(until: 1, then: "wait") { number } }' });
    await stream.next();
    await expect(stream.next()).rejects.toMatchObject({ code: 4403, reason: like(/^Token expired/) });
  });

  it('do not read messages of any size, nor the protocol that nobody maintains any more', async () => {
    expect((await closing([init({ authorization, padding: 'x'.repeat(1_100_000) })])).code).toBe(1009);
    await expect(closing([init({ authorization })], 'graphql-ws')).rejects.toThrow();
  });

  it('are found at /graphql only', async () => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws');
    await expect(new Promise((_resolve, reject) => socket.on('error', reject))).rejects.toThrow('404');
  });

  it('are told when the service stops, and do not keep it from stopping', async () => {
    const stopping = await startGraphqlApp({ providers: [TickResolver] });
    const stream = stopping
      .connect({ authorization })
      .iterate({ query: 'subscription { ticks(until: 1, then: "wait") { number } }' });
    await stream.next();
    const end = stream.next();
    const stoppedAt = Date.now();
    await Promise.all([stopping.stop(), expect(end).rejects.toMatchObject({ code: 1001 })]);
    expect(Date.now() - stoppedAt).toBeLessThan(5_000);
  });
});
