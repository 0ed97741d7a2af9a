import { z } from 'zod';
import { byType } from '../http/form';
import { allComponents, type Component } from '../interactions/components';

const customId = z.string().min(1).max(100);

const button = z
  .looseObject({
    type: z.literal(2),
    style: z.int().min(1).max(6),
    label: z.string().max(80).nullish(),
    custom_id: customId.nullish(),
    url: z.string().max(512).nullish(),
    disabled: z.boolean().nullish(),
  })
  .superRefine((value, context) => {
    const report = (field: string, code: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message, params: { discord: code } });
    // A link carries its address, a premium button its SKU, all others their custom_id.
    if (value.style === 5 && !value.url) report('url', 'BASE_TYPE_REQUIRED', 'A url is required');
    if (value.style <= 4 && !value.custom_id) report('custom_id', 'BASE_TYPE_REQUIRED', 'A custom id is required');
  });

const menu = {
  custom_id: customId,
  placeholder: z.string().max(150).nullish(),
  min_values: z.int().min(0).max(25).nullish(),
  max_values: z.int().min(1).max(25).nullish(),
  disabled: z.boolean().nullish(),
};
const stringSelect = z.looseObject({
  ...menu,
  type: z.literal(3),
  options: z
    .array(z.looseObject({ label: z.string().min(1).max(100), value: z.string().min(1).max(100) }))
    .min(1)
    .max(25),
});
const entitySelect = z.looseObject({
  ...menu,
  type: z.union([z.literal(5), z.literal(6), z.literal(7), z.literal(8)]),
});
const textInput = z.looseObject({
  type: z.literal(4),
  custom_id: customId,
  style: z.int().min(1).max(2),
  label: z.string().min(1).max(45).nullish(),
  min_length: z.int().min(0).max(4000).nullish(),
  max_length: z.int().min(1).max(4000).nullish(),
  required: z.boolean().nullish(),
});

const inMessageRow = byType<Component>({
  2: button,
  3: stringSelect,
  5: entitySelect,
  6: entitySelect,
  7: entitySelect,
  8: entitySelect,
});
const messageRow = z.looseObject({ type: z.literal(1), components: z.array(inMessageRow).min(1).max(5) });

/** What a message may show: rows; everything else only with the flag for the second version of components. */
export const messageComponents = z
  .array(byType<Component>({ 1: messageRow }))
  .max(5)
  .superRefine(requireDistinct);
export const layoutComponents = z
  .array(z.looseObject({ type: z.int().min(1).max(22) }))
  .max(40)
  .superRefine(requireDistinct);

const modalRow = z.looseObject({ type: z.literal(1), components: z.array(textInput).length(1) });
const label = z.looseObject({ type: z.literal(18), label: z.string().min(1).max(45), component: z.looseObject({}) });
const textDisplay = z.looseObject({ type: z.literal(10), content: z.string() });

/** What a modal may ask. */
export const modalComponents = z
  .array(byType<Component>({ 1: modalRow, 10: textDisplay, 18: label }))
  .min(1)
  .max(5)
  .superRefine(requireDistinct);

function requireDistinct(components: readonly Component[], context: z.RefinementCtx): void {
  const seen = new Set<unknown>();
  for (const { custom_id: id } of allComponents(components)) {
    if (id !== undefined && id !== null && seen.has(id)) {
      const params = { discord: 'COMPONENT_CUSTOM_ID_DUPLICATED' };
      context.addIssue({ code: 'custom', path: [], message: 'Component custom id cannot be duplicated', params });
    }
    seen.add(id);
  }
}
