import { type IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import { CloseCode, type Server } from 'graphql-ws';
import { type WebSocket } from 'ws';
import { type Caller } from '../common/caller';
import { closeReason, type Refused } from './connection-caller';
import { refusalOf } from './error-format';
import { limitExceeded, LIMITS } from './limits';

/**
 * How often a client is asked whether it is still there, and how long it may take to answer, milliseconds. As often it is
 * asked whether who opened the connection may still use it.
 */
const HEARTBEAT = 12_000;

/** The longest delay that setTimeout can keep, milliseconds; a longer one would end at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * How much may wait to be sent to one client, bytes: some messages for each of the streams of a connection. Subscriptions
 * alone never come near: each waits with its next event until its last one has left.
 */
export const UNSENT_BYTES = 4 * 1024 * 1024;

/** What WebSockets are closed with: https://www.iana.org/assignments/websocket */
const GONE = 1006;
const TOO_BIG = 1009;

/** Ours: clients of graphql-ws connect again after it. */
const TOO_SLOW = 4420;

/** One WebSocket. */
export interface Connection extends Record<PropertyKey, unknown> {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  /** Ends every subscription at once, and tells the client why. */
  readonly close: (code: number, reason: string) => void;
  /**
   * From now on it is this caller's, as long as their token lasts.
   * @param recheck why they may not use it any more; undefined as long as they may, and while that cannot be found out
   */
  readonly signIn: (caller: Caller, recheck: () => Promise<Refused | undefined>) => void;
  /** Asks that now; it is also asked every {@link HEARTBEAT}. */
  readonly recheck: () => void;
  caller?: Caller;
}

export type GraphqlProtocol = Server<Connection>;

const logger = new Logger('Subscriptions');

/** Speaks the protocol on one WebSocket. Resolves when it is closed and its streams have come to rest. */
export function serveSocket(protocol: GraphqlProtocol, socket: WebSocket, request: IncomingMessage): Promise<void> {
  let rest: () => void = () => undefined;
  const served = new Promise<void>((resolve) => (rest = resolve));
  let isLeft = false;
  let leave: (code: number, reason: string) => unknown = () => undefined;
  let recheck: () => Promise<Refused | undefined> = () => Promise.resolve(undefined);
  let expiry: NodeJS.Timeout | undefined;

  const left = (code: number, reason: string): void => {
    if (isLeft) return;
    isLeft = true;
    clearInterval(heartbeat);
    clearTimeout(expiry);
    Promise.resolve(leave(code, reason))
      .catch((error: unknown) => void refusalOf(error))
      .finally(rest);
  };
  // Its streams end now, not when the client has answered, which may never happen: they would be read for nobody.
  const close = (code: number, reason: string): void => {
    socket.close(code, closeReason(reason));
    left(code, reason);
  };
  const giveUp = (): void => {
    if (isLeft) return;
    logger.log(`A WebSocket is closed whose client does not read; ${socket.bufferedAmount} bytes wait for it.`);
    close(
      TOO_SLOW,
      'You do not read what is sent. Connect again with "after": the seq of the last event you received.',
    );
  };
  const fail = (error: unknown): void => {
    const { details } = refusalOf(error);
    close(CloseCode.InternalServerError, `Something went wrong on our side (${String(details.correlationId)}).`);
  };
  /** A subscription does not outlive the token that opened it. */
  const closeAtExpiry = (expiresAt: number): void => {
    const remaining = expiresAt * 1_000 - Date.now();
    if (remaining <= 0) close(CloseCode.Forbidden, 'Token expired. Connect again with a new one.');
    else if (!isLeft) expiry = setTimeout(() => closeAtExpiry(expiresAt), Math.min(remaining, LONGEST_TIMEOUT));
  };

  let answered = true;
  socket.on('pong', () => (answered = true));
  const heartbeat = setInterval(() => {
    // One that is gone altogether is cut off by ws, because it does not answer the closing either.
    if (!answered) {
      giveUp();
      return;
    }
    answered = false;
    socket.ping();
    connection.recheck();
  }, HEARTBEAT);
  // ws answers each by itself, also when the answers do not leave.
  socket.on('ping', () => {
    if (socket.bufferedAmount > UNSENT_BYTES) giveUp();
  });
  // A broken frame or a message that is too large: ws closes the connection itself, with the code that tells which.
  socket.on('error', (error) => logger.debug(`A WebSocket was closed: ${error.message}`));
  socket.once('close', (code, reason) => left(code, reason.toString()));

  const connection: Connection = {
    request,
    socket,
    close,
    signIn: (caller, check) => {
      connection.caller = caller;
      recheck = check;
      closeAtExpiry(caller.expiresAt);
    },
    recheck: () => {
      void recheck().then((refused) => {
        if (refused) close(refused.closeCode, refused.reason);
      });
    },
  };
  leave = protocol.opened(
    {
      protocol: socket.protocol,
      // Resolves when the message has left for the network: a slow client slows down its own events, and nothing piles up.
      // That somebody has gone to whom something was to be sent is no failure, but nothing more is read for them.
      send: (data) =>
        new Promise((resolve) => {
          if (socket.bufferedAmount > UNSENT_BYTES) giveUp();
          if (socket.readyState === socket.OPEN) {
            socket.send(data, () => resolve());
            return;
          }
          left(GONE, '');
          resolve();
        }),
      close: (code = CloseCode.InternalServerError, reason = '') => close(code, reason),
      onMessage: (handle) => {
        socket.on('message', (data: Buffer) => {
          if (isLeft) return;
          if (data.length <= LIMITS.bytes) void handle(data.toString('utf8')).catch(fail);
          else close(TOO_BIG, limitExceeded('bytes', data.length).message);
        });
      },
    },
    connection,
  );
  return served;
}
