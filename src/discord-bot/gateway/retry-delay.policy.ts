import { type GatewayTiming } from './gateway-timing';

/**
 * How long to wait after `failures` failed attempts, milliseconds: doubling, with a jitter of half, so that many
 * processes do not come back in the same moment.
 * @param random a number from 0 to 1.
 */
export function retryDelay(
  failures: number,
  { firstRetry, longestRetry }: Pick<GatewayTiming, 'firstRetry' | 'longestRetry'>,
  random = Math.random(),
): number {
  const full = Math.min(longestRetry, firstRetry * 2 ** Math.min(failures, 30));
  return Math.round(full * (0.5 + random / 2));
}

/** The same after attempts that Discord refused, which only a person can change. */
export function refusedDelay(
  failures: number,
  { refusedRetry, longestRefusedRetry }: Pick<GatewayTiming, 'refusedRetry' | 'longestRefusedRetry'>,
): number {
  return retryDelay(failures, { firstRetry: refusedRetry, longestRetry: longestRefusedRetry }, 1);
}
