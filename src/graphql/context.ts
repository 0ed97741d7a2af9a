import { type IncomingHttpHeaders } from 'node:http';
import { type Request, type Response } from 'express';
import { type Caller } from '../common/caller';
import { type Loaders } from './loaders';

/**
 * What every resolver is given. Apollo copies this object (not what it holds), so whatever changes while a request is
 * answered lives in {@link Loaders}, never in a property of its own.
 */
export interface GraphqlContext {
  /** Null: nobody is signed in. */
  readonly caller: Caller | null;
  readonly loaders: Loaders;
  /** Of the request, or of the upgrade that opened the WebSocket: `accept-language` is found here either way. */
  readonly headers: IncomingHttpHeaders;
  /** Absent over WebSocket. */
  readonly req?: Request;
  /** Absent over WebSocket, so nothing that sets a cookie can be done there. */
  readonly res?: Response;
}
