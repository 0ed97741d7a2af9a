/** How often a delivery is tried before it counts as failed: about three days. */
export const MAX_ATTEMPTS = 12;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The pause after the first failure, the second, …, milliseconds. */
const PAUSES = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
  24 * HOUR,
];

/** The longest pause of an endpoint that keeps failing, whatever waits for it. */
const LONGEST_REST = 5 * MINUTE;
/** So many failures one after the other are no accident. */
const TOLERATED = 5;

/**
 * When a delivery that has failed is tried again, milliseconds from now; null when it is given up.
 * @param random between 0 and 1: spreads what has failed together over half as long again
 */
export function pauseAfter(attempts: number, random: number): number | null {
  if (attempts >= MAX_ATTEMPTS) return null;
  const pause = PAUSES[attempts - 1] ?? 24 * HOUR;
  return Math.round(pause * (1 + random / 2));
}

/** How long nothing is sent to an endpoint after so many failures in a row, milliseconds. */
export function restAfter(failures: number): number {
  return failures < TOLERATED ? 0 : Math.min(SECOND * 2 ** (failures - TOLERATED), LONGEST_REST);
}
