import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { type GraphqlContext } from './context';
import { Loaders } from './loaders';

type Events = AsyncIterableIterator<ExecutionResult>;

/**
 * graphql-js's `subscribe`, except that every event is executed with loaders of its own: with those of the whole
 * subscription an event would show what an earlier one had loaded.
 */
export async function subscribe(args: ExecutionArgs): Promise<Events | ExecutionResult> {
  const source: unknown = await createSourceEventStream(args);
  if (!isIterable(source)) return source as ExecutionResult;
  const iterator = source[Symbol.asyncIterator]();

  const resultOf = async (step: IteratorResult<unknown>): Promise<IteratorResult<ExecutionResult>> => {
    if (step.done === true) return { done: true, value: undefined };
    const contextValue = { ...(args.contextValue as GraphqlContext), loaders: new Loaders() };
    return { done: false, value: await execute({ ...args, rootValue: step.value, contextValue }) };
  };
  // Not an async generator: its return() would wait for the next event before it ended the source.
  const events: Events = {
    next: async () => resultOf(await iterator.next()),
    return: async () => {
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
