/** A button, a select menu or a text field, wherever it lies in a message or a modal. */
export type Component = Record<string, unknown>;

/** Component types that people act on. */
export const BUTTON = 2;
export const STRING_SELECT = 3;
export const TEXT_INPUT = 4;

/** All components with their children, in the order in which they are shown. */
export function allComponents(list: readonly unknown[]): Component[] {
  return list.flatMap((each) => {
    if (!isComponent(each)) return [];
    const inside: unknown[] = Array.isArray(each['components']) ? each['components'] : [];
    return [each, ...allComponents([...inside, each['component'], each['accessory']])];
  });
}

/** The component that a custom_id belongs to. */
export function findComponent(list: readonly unknown[], customId: string): Component | undefined {
  return allComponents(list).find((component) => component['custom_id'] === customId);
}

/** Components with the numbers that Discord gives to those that come without one. */
export function numbered(list: readonly Component[]): Component[] {
  const copies = structuredClone(list) as Component[];
  const all = allComponents(copies);
  const taken = new Set(all.map((component) => component['id']));
  let next = 1;
  for (const component of all) {
    if (typeof component['id'] === 'number' && component['id'] !== 0) continue;
    while (taken.has(next)) next += 1;
    taken.add(next);
    component['id'] = next;
  }
  return copies;
}

export function isComponent(value: unknown): value is Component {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
