import { type Config } from '../../config/config';

/** How patient the connection to the gateway is, milliseconds. */
export interface GatewayTiming {
  /** Before the second attempt; doubled with each one up to `longestRetry`. */
  readonly firstRetry: number;
  readonly longestRetry: number;
  /**
   * Before the next attempt when Discord refused the token or the intents, doubled with each one up to `longestRefusedRetry`:
   * only a person can change that, and each attempt may be one of the thousand sessions of a day.
   */
  readonly refusedRetry: number;
  readonly longestRefusedRetry: number;
  /** For one attempt until every shard is ready; further shards identify 5 s apart and are granted that. */
  readonly attempt: number;
  /** For a lost shard to come back by the library's own reconnects, before everything is connected anew. */
  readonly reconnect: number;
}

export const GATEWAY_TIMING = Symbol('GatewayTiming');

export function gatewayTiming(config: Config): GatewayTiming {
  return {
    firstRetry: 500,
    longestRetry: 30_000,
    refusedRetry: config.production ? 60_000 : 10_000,
    longestRefusedRetry: 600_000,
    attempt: 30_000,
    reconnect: 30_000,
  };
}
