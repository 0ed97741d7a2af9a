import { setTimeout } from 'node:timers/promises';
import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { isLostConnection } from '../database/lost-connection';
import { type GraphqlContext } from './context';
import { Loaders } from './loaders';

type Events = AsyncIterableIterator<ExecutionResult>;

/** How long an event waits for the database before it is tried again, milliseconds. */
const TRY_AGAIN_AFTER = 500;

/**
 * graphql-js's `subscribe`, except for two things. Every event is executed with loaders of its own: with those of the whole
 * subscription an event would show what an earlier one had loaded. And an event that cannot be told because the connection to
 * the database is gone is told when there is one again: whoever got an error in its place would miss it.
 */
export async function subscribe(args: ExecutionArgs): Promise<Events | ExecutionResult> {
  const source: unknown = await createSourceEventStream(args);
  if (!isIterable(source)) return source as ExecutionResult;
  const iterator = source[Symbol.asyncIterator]();
  let isLeft = false;

  const resultOf = async (step: IteratorResult<unknown>): Promise<IteratorResult<ExecutionResult>> => {
    if (step.done === true) return { done: true, value: undefined };
    for (;;) {
      const contextValue = { ...(args.contextValue as GraphqlContext), loaders: new Loaders() };
      const value = await execute({ ...args, rootValue: step.value, contextValue });
      if (isLeft || !value.errors?.some(({ originalError }) => isLostConnection(originalError)))
        return { done: false, value };
      await setTimeout(TRY_AGAIN_AFTER, undefined, { ref: false });
    }
  };
  // Not an async generator: its return() would wait for the next event before it ended the source.
  const events: Events = {
    next: async () => resultOf(await iterator.next()),
    return: async () => {
      isLeft = true;
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    throw: async (error: unknown) => {
      await iterator.return?.();
      throw error;
    },
    [Symbol.asyncIterator]: () => events,
  };
  return events;
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
