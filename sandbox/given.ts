/** Whether an optional field was filled in: Discord's forms may leave a field out or send null, which means the same. */
export function isGiven<T>(value: T): value is NonNullable<T> {
  return value !== null && value !== undefined;
}
