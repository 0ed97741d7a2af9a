/** Milliseconds of Discord's first second, 2015-01-01T00:00:00Z. */
const DISCORD_EPOCH = 1_420_070_400_000;

let lastMillisecond = 0;
let increment = 0;

/**
 * The next snowflake: unique and ascending within the process. When more than 4096 are asked for in one millisecond the
 * clock is borrowed from the future, so that bulk creation never waits.
 */
export function nextSnowflake(): string {
  const now = Date.now();
  if (now > lastMillisecond) {
    lastMillisecond = now;
    increment = 0;
  } else {
    increment += 1;
    if (increment > 0xfff) {
      lastMillisecond += 1;
      increment = 0;
    }
  }
  return ((BigInt(lastMillisecond - DISCORD_EPOCH) << 22n) | BigInt(increment)).toString();
}

/** When the object of this id was made, in milliseconds since 1970. */
function snowflakeTime(id: string): number {
  return Number(BigInt(id) >> 22n) + DISCORD_EPOCH;
}

/** Orders ids by age. Ids have no leading zeros, so a shorter one is a smaller number. */
export function compareSnowflakes(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether the text can be an id at all. */
export function isSnowflake(text: string): boolean {
  return /^\d{1,20}$/.test(text);
}

/** Continues after the ids of a loaded world, in case the machine's clock went back. */
export function continueSnowflakesAfter(id: string): void {
  lastMillisecond = Math.max(lastMillisecond, snowflakeTime(id) + 1);
}
