import {
  type InvalidateQueryFilters,
  MutationCache,
  QueryCache,
  QueryClient,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useLanguage } from '../texts/language';
import { type Operation } from './operation';
import { codeOf, useRequest } from './request';

/** What a second try cannot mend. */
export const FINAL = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT']);

/** After how long something is asked for again of which what is shown is known to be old, milliseconds. */
const AGAIN = 10_000;

/** What is shown, by operation and variables. @param onSignedOut told when the session has ended. */
export function newQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (codeOf(error) === 'UNAUTHENTICATED') onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && !FINAL.has(codeOf(error)),
        // The banner says that there is no connection; a page that waits for one would say nothing.
        networkMode: 'always',
        // What the error says; it is not so by itself in that mode.
        refetchOnReconnect: true,
        // Nothing else would ever tell that what is still shown is old.
        refetchInterval: ({ state: { data, error } }) =>
          data !== undefined && error !== null && !FINAL.has(codeOf(error)) && AGAIN,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/**
 * Asks again for what is shown, of which something has changed just now. What is under way was perhaps read before that: it is
 * given up, also where nothing is shown yet, which TanStack by itself would wait for and take for new.
 */
export function askAgain(queries: QueryClient, filters: InvalidateQueryFilters = {}): Promise<void> {
  const { predicate = () => true } = filters;
  const isFirst: typeof predicate = (query) => query.state.data === undefined && predicate(query);
  void queries.cancelQueries({ ...filters, type: 'active', predicate: isFirst }, { silent: true, revert: false });
  return queries.invalidateQueries(filters);
}

/** What a query gives. It is asked again in another language, and after every action. */
export function useData<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  options: { readonly enabled?: boolean; readonly refetchInterval?: number } = {},
): UseQueryResult<Data> {
  const language = useLanguage();
  const request = useRequest();
  return useQuery({
    queryKey: [operation.name, variables, language],
    queryFn: ({ signal }) => request(operation, variables, signal),
    // While another language arrives the page stays as it is.
    placeholderData: (previous) => previous,
    ...options,
  });
}

interface Told<Data> {
  readonly onSuccess?: (data: Data) => void;
  readonly onError?: (error: Error) => void;
}

type Except<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** Something that a person does, and how it stands. */
export type Action<Data, Variables> = Except<UseMutationResult<Data, Error, Variables>, 'mutate' | 'mutateAsync'> & {
  readonly mutate: (variables: Variables, told?: Told<Data>) => void;
};

/**
 * Something that a person does: `act.mutate(variables)`. Whatever is shown is asked again before it is told how it went.
 * It is told also when that has taken away the component that asked, which TanStack's own `mutate` does not.
 */
export function useAction<Data, Variables>(operation: Operation<Data, Variables>): Action<Data, Variables> {
  const client = useQueryClient();
  const request = useRequest();
  const result = useMutation({
    mutationFn: (variables: Variables) => request(operation, variables),
    onSettled: () => askAgain(client),
  });
  const { mutateAsync, ...shown } = result;
  return {
    ...shown,
    mutate: (variables, { onSuccess, onError } = {}) =>
      void mutateAsync(variables).then(onSuccess, onError ?? (() => undefined)),
  };
}
