import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Answer, type Service } from './service';

/** One operation over a WebSocket of its own: its first result, or the errors with which it was refused. */
export async function overSocket<Data>(
  service: Service,
  token: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Answer<Data>> {
  const client = createClient({
    url: `${service.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  try {
    return await new Promise<Answer<Data>>((resolve, reject) => {
      client.subscribe<Data>(
        { query, variables },
        {
          next: (result) => resolve(JSON.parse(JSON.stringify(result)) as Answer<Data>),
          error: (error) =>
            Array.isArray(error)
              ? resolve({ data: null, errors: error as NonNullable<Answer<Data>['errors']> })
              : reject(error instanceof Error ? error : new Error(JSON.stringify(error))),
          complete: () => undefined,
        },
      );
    });
  } finally {
    await client.dispose();
  }
}

/** A WebSocket by hand: sends the first text once it is open, the others once that was answered; resolves when the service has closed it. */
export function closing(service: Service, messages: readonly (string | Buffer)[]): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    socket.on('open', () => socket.send(messages[0] ?? ''));
    socket.once('message', () => messages.slice(1).forEach((message) => socket.send(message)));
    socket.on('close', (code, reason) => resolve([code, reason.toString()]));
    socket.on('error', reject);
  });
}

/** Follows all of these subscriptions on one WebSocket; resolves with the first refusal. */
export async function firstRefusal(service: Service, token: string, queries: readonly string[]): Promise<unknown> {
  const client = createClient({
    url: `${service.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  try {
    return await new Promise((resolve) => {
      for (const query of queries) {
        client.subscribe({ query }, { next: () => undefined, error: resolve, complete: () => undefined });
      }
    });
  } finally {
    await client.dispose();
  }
}
