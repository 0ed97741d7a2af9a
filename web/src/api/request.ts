import { currentLanguage } from '../texts/language';
import { type Operation } from './operation';

/** Why a request brought nothing: the API's own code, or `OFFLINE` when nobody answered. */
export class RequestError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Asks the API over HTTP; the session's cookie says who asks. @throws RequestError */
export async function request<Data, Variables>(
  { name, text }: Operation<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  const response = await send('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      'accept-language': currentLanguage(),
    },
    body: JSON.stringify({ operationName: name, query: text, variables }),
    ...(signal ? { signal } : {}),
  });
  const { data, errors } = (await response.json().catch(() => ({}))) as Answer<Data>;
  const error = errors?.[0];
  if (error) throw new RequestError(error.extensions?.code ?? 'INTERNAL_SERVER_ERROR', error.message);
  if (!data) throw new RequestError('INTERNAL_SERVER_ERROR', `The service answered ${response.status}.`);
  return data;
}

/** `fetch`, except that being offline is an error like others. @throws RequestError */
export async function send(path: string, init: Sent): Promise<Response> {
  try {
    // No page of another site can send this header: it says that the session is used by a page of ours.
    return await fetch(path, { ...init, headers: { ...init.headers, 'apollo-require-preflight': 'true' } });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new RequestError('OFFLINE', 'The service cannot be reached.');
  }
}

export function codeOf(error: unknown): string {
  return error instanceof RequestError ? error.code : 'INTERNAL_SERVER_ERROR';
}
