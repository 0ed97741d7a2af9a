import { useQueryClient } from '@tanstack/react-query';
import { type Client, createClient } from 'graphql-ws';
import { useEffect, useEffectEvent } from 'react';
import { setStreamLost } from './connection';
import { askAgain, FINAL } from './data';
import { type Operation } from './operation';
import { tokenFrom } from './request';
import { addressOf, type Service, useService } from './service';

/** How long to wait before connecting again, milliseconds: doubling from the first to the last, and spread by a half. */
const FIRST_WAIT = 250;
const LAST_WAIT = 8_000;

/** How often the service is asked whether it is still there, and how long it may take to answer, milliseconds. */
const KEEP_ALIVE = 10_000;
const ANSWER_WITHIN = 5_000;

/** What the service closes a WebSocket with whose token it does not take (any more): another may be tried. */
const TOKEN_REFUSED = 4403;

const shared = new WeakMap<Service, Client>();

/** One WebSocket for the whole page, opened when something is followed, closed a moment after nothing is any more. */
function liveClient(service: Service): Client {
  const client = shared.get(service) ?? newClient(service);
  shared.set(service, client);
  return client;
}

function newClient(service: Service): Client {
  const { getToken } = service;
  let isSilent: ReturnType<typeof setTimeout> | undefined;
  let socket: WebSocket | undefined;
  let token: string | null = null;
  let isRefused = false;
  const connectionParams = async () => {
    if (!getToken) return {};
    token = await tokenFrom(getToken, isRefused ? token : null);
    return { authorization: `Bearer ${token}` };
  };
  return createClient({
    url: () => addressOf(service, '/graphql').replace(/^http/, 'ws'),
    connectionParams,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait,
    lazyCloseTimeout: 1_000,
    keepAlive: KEEP_ALIVE,
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      connected: () => setStreamLost(false),
      ping: (received) => {
        // A connection that was cut without a word never tells.
        if (!received) isSilent = setTimeout(() => socket?.close(4408, 'No answer'), ANSWER_WITHIN);
      },
      pong: (received) => (received ? clearTimeout(isSilent) : undefined),
      closed: (event) => {
        clearTimeout(isSilent);
        isRefused = (event as CloseEvent).code === TOKEN_REFUSED;
        if (!(event as CloseEvent).wasClean || (event as CloseEvent).code !== 1000) setStreamLost(true);
      },
    },
  });
}

/** Ends when it may be tried again after so many failures in a row, or when the network is back. */
function retryWait(failures: number): Promise<void> {
  const wait = Math.min(FIRST_WAIT * 2 ** failures, LAST_WAIT) * (0.5 + Math.random());
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, wait);
    window.addEventListener('online', done);
  });
}

/**
 * Follows a subscription while the component is there. `after` is the seq to begin behind (null: not yet, nothing is
 * followed); after a lost connection it goes on behind the last event that came, so that nothing is missed or told twice.
 * Something that happened but cannot be told is asked for.
 *
 * @param seqOf the place of an event in the log; without one a new connection only continues with what comes then
 */
export function useLive<
  Data,
  Variables extends { readonly after?: string | null | undefined } | { readonly id: string },
>(
  operation: Operation<Data, Variables>,
  variables: Omit<Variables, 'after'> & { readonly after: string | null },
  seqOf: (data: Data) => string | null,
  onEvent: (data: Data) => void,
): void {
  const queries = useQueryClient();
  const service = useService();
  const told = useEffectEvent(onEvent);
  const placeOf = useEffectEvent(seqOf);
  const { after, ...rest } = variables;
  const isReady = after !== null;
  const key = JSON.stringify(rest);
  const start = useEffectEvent(() => after);

  useEffect(() => {
    if (!isReady) return;
    // graphql-ws sends this very object again when it connects again: what is changed in it is where it goes on.
    const sent: Record<string, unknown> = { ...(JSON.parse(key) as object), after: start() };
    let isLeft = false;
    let leave: () => void = () => undefined;
    let failures = 0;
    const follow = () => {
      if (isLeft) return;
      leave = liveClient(service).subscribe<Data>(
        { operationName: operation.name, query: operation.text, variables: sent },
        {
          next: ({ data }) => {
            failures = 0;
            if (!data) {
              void askAgain(queries);
              return;
            }
            sent['after'] = placeOf(data) ?? sent['after'];
            told(data);
          },
          error: (error) => {
            // Asking again over HTTP tells why, also that the session has ended.
            void askAgain(queries);
            if (!isFinal(error)) void retryWait(failures++).then(follow);
          },
          complete: () => undefined,
        },
      );
    };
    follow();
    return () => {
      isLeft = true;
      leave();
    };
  }, [operation, key, isReady, queries, service]);
}

/** Whether it is of no use to ask for the same stream again. Of a connection that was closed that is never sure. */
function isFinal(error: unknown): boolean {
  const refusals = Array.isArray(error)
    ? (error as readonly { readonly extensions?: { readonly code?: string } }[])
    : [];
  return refusals.some(({ extensions }) => FINAL.has(extensions?.code ?? ''));
}
