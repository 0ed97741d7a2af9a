/** What can be chosen from, each once, by name. */
export function choices(pairs: readonly (readonly [id: string, name: string])[]): (readonly [string, string])[] {
  return [...new Map(pairs)].sort(([, a], [, b]) => a.localeCompare(b));
}
