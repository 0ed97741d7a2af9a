const SNOWFLAKE = /^[1-9][0-9]{16,19}$/;
const MAX_SNOWFLAKE = 2n ** 64n - 1n;

/** Whether the text is a Discord id: the decimal string of an unsigned 64-bit integer, 17 to 20 digits. */
export function isSnowflake(value: unknown): value is string {
  return typeof value === 'string' && SNOWFLAKE.test(value) && BigInt(value) <= MAX_SNOWFLAKE;
}
