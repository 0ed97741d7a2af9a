/** A value of a line, null where there is none. */
export type Value = number | null;

/** The round number at the top of an axis that begins at zero and holds every value. */
export function topOf(values: readonly Value[]): number {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  if (most === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 5, 10].find((each) => each * power >= most) ?? 10;
  return step * power;
}

/** Runs of values without a hole: a line is not drawn over what is not known. */
export function runsOf(values: readonly Value[]): { readonly from: number; readonly values: number[] }[] {
  const runs: { from: number; values: number[] }[] = [];
  let isOpen = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isOpen = false;
      continue;
    }
    const last = runs.at(-1);
    if (isOpen && last) last.values.push(value);
    else runs.push({ from: index, values: [value] });
    isOpen = true;
  }
  return runs;
}

/**
 * Where labels stand so that none covers another: as near to where they belong as that allows, in their order.
 * @param wanted heights, pixels from the top @param apart the least distance @param bottom the lowest place
 */
export function spread(wanted: readonly number[], apart: number, bottom: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed: number[] = [];
  let above = -Infinity;
  for (const index of order) {
    above = Math.max(wanted[index] ?? 0, above + apart);
    placed[index] = above;
  }
  let below = bottom + apart;
  for (const index of order.reverse()) {
    below = Math.min(placed[index] ?? 0, below - apart);
    placed[index] = below;
  }
  return placed;
}
