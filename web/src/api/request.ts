import { type Language, useLanguage } from '../texts/language';
import { type Operation } from './operation';
import { type GetToken, OWN_SERVICE, type Service, useService } from './service';

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

/** Asks the API over HTTP. @throws RequestError */
export type Request = <Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
) => Promise<Data>;

export function useRequest(): Request {
  const service = useService();
  const language = useLanguage();
  return (operation, variables, signal) => request(service, language, operation, variables, signal);
}

async function request<Data, Variables>(
  service: Service,
  language: Language,
  { name, text }: Operation<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  const init = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      'accept-language': language,
    },
    body: JSON.stringify({ operationName: name, query: text, variables }),
    ...(signal ? { signal } : {}),
  };
  const response = await send('/graphql', init, service);
  const { data, errors } = (await response.json().catch(() => ({}))) as Answer<Data>;
  const error = errors?.[0];
  if (error) throw new RequestError(error.extensions?.code ?? 'INTERNAL_SERVER_ERROR', error.message);
  if (!data) throw new RequestError('INTERNAL_SERVER_ERROR', `The service answered ${response.status}.`);
  return data;
}

/** `fetch` as whoever looks, except that being offline is an error like others. @throws RequestError */
export async function send(path: string, init: Sent, { url, getToken }: Service = OWN_SERVICE): Promise<Response> {
  // No page of another site can send this header: it says that the session is used by a page of ours.
  if (!getToken) return reach(path, { ...init, headers: { ...init.headers, 'apollo-require-preflight': 'true' } });
  const sendWith = (token: string) =>
    reach(url + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
      credentials: 'omit',
    });
  const token = await tokenFrom(getToken, null);
  const response = await sendWith(token);
  if (response.status !== 401) return response;
  const newer = await tokenFrom(getToken, token);
  return newer === token ? response : sendWith(newer);
}

/** @throws RequestError UNAUTHENTICATED: whoever could not say who they are is signed in as nobody. */
export async function tokenFrom(getToken: GetToken, refused: string | null): Promise<string> {
  try {
    return await getToken(refused);
  } catch {
    throw new RequestError('UNAUTHENTICATED', 'The page could not tell who you are.');
  }
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new RequestError('OFFLINE', 'The service cannot be reached.');
  }
}

export function codeOf(error: unknown): string {
  return error instanceof RequestError ? error.code : 'INTERNAL_SERVER_ERROR';
}
