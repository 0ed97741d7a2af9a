import { lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type LookupFunction } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config';
import { isPublicAddress, problemOfUrl } from './public-address.policy';

/** The whole of an attempt, from the look-up of the name to the end of the answer, milliseconds. */
export const ANSWER_WITHIN = 10_000;
/** What is read of an answer; nobody needs it, and it may never end. */
const LONGEST_ANSWER = 16 * 1024;

/** Why an attempt did not succeed, for the admin. */
export class NotDelivered extends Error {
  override readonly name = 'NotDelivered';
}

/** Posts to addresses that somebody else has chosen, and to nothing that only this machine can reach. */
@Injectable()
export class OutboundPost {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * Redirects are followed nowhere: they are answers other than 2xx.
   * @throws NotDelivered unless the answer is 2xx and complete within {@link ANSWER_WITHIN}.
   */
  async post(
    target: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    stop: AbortSignal,
  ): Promise<void> {
    const { allowPrivate } = this.config.webhooks;
    const problem = problemOfUrl(target, allowPrivate);
    if (problem !== null) throw new NotDelivered(`The URL may not be used. ${problem}`);
    const url = new URL(target);
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    // Not AbortSignal.timeout within AbortSignal.any: Node 20 may collect that as garbage, and it never fires.
    const attempt = new AbortController();
    const end = () => attempt.abort();
    const timer = setTimeout(end, ANSWER_WITHIN);
    stop.addEventListener('abort', end);
    if (stop.aborted) end();
    const status = await new Promise<number>((resolve, reject) => {
      const request = send(
        url,
        {
          method: 'POST',
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
          // Its own connection, to the address that was checked: no pool would ask again.
          agent: false,
          signal: attempt.signal,
          ...(allowPrivate ? {} : { lookup: publicOnly }),
        },
        (response) => {
          let length = 0;
          response.on('data', (chunk: Buffer) => {
            length += chunk.length;
            if (length > LONGEST_ANSWER) response.destroy(new NotDelivered('The answer is longer than 16 kB.'));
          });
          response.on('end', () => resolve(response.statusCode ?? 0));
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(body);
    })
      .catch((error: unknown) => {
        throw asNotDelivered(error, stop);
      })
      .finally(() => {
        clearTimeout(timer);
        stop.removeEventListener('abort', end);
      });
    if (status >= 300 && status < 400) throw new NotDelivered(`Answered ${status}; redirects are not followed.`);
    if (status < 200 || status >= 300) throw new NotDelivered(`Answered ${status}; 2xx is needed.`);
  }
}

/** The system's look-up, which fails when any address is not public: the connection is made to what was checked here. */
const publicOnly: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = error ? [] : addresses;
    if (!first) callback(error ?? new NotDelivered(`${hostname} has no address.`), '', 0);
    else if (!addresses.every(({ address }) => isPublicAddress(address)))
      callback(new NotDelivered(`${hostname} leads to an address that is not of the public internet.`), '', 0);
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function asNotDelivered(error: unknown, stop: AbortSignal): Error {
  if (error instanceof NotDelivered) return error;
  // We are stopping: that is nobody's failure.
  if (stop.aborted) return new Error('The attempt was interrupted.');
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'AbortError') {
    return new NotDelivered(`No complete answer within ${ANSWER_WITHIN / 1_000} s.`);
  }
  return new NotDelivered(code ?? message);
}
