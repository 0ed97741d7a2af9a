import { isGiven } from '../given';
import { ComponentType } from 'discord-api-types/v10';
import { z } from 'zod';
import { address, byType } from '../http/form';
import { allComponents, type Component } from '../interactions/components';

const customId = z.string().min(1).max(100);

const componentId = z.int().min(0).nullish();

const button = z
  .looseObject({
    type: z.literal(ComponentType.Button),
    id: componentId,
    style: z.int().min(1).max(6),
    label: z.string().max(80).nullish(),
    custom_id: customId.nullish(),
    url: address(512, 'http', 'https', 'discord').nullish(),
    disabled: z.boolean().nullish(),
  })
  .superRefine((value, context) => {
    // A link carries its address, a premium button its SKU, all others their custom_id.
    if (value.style === 5 && !value.url) report(context, ['url'], 'BASE_TYPE_REQUIRED', 'A url is required');
    if (value.style <= 4 && !value.custom_id) {
      report(context, ['custom_id'], 'BASE_TYPE_REQUIRED', 'A custom id is required');
    }
    if (value.url && value.custom_id) {
      const message = 'A custom id and url cannot both be specified';
      report(context, [], 'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE', message);
    }
  });

const menu = {
  id: componentId,
  custom_id: customId,
  placeholder: z.string().max(150).nullish(),
  min_values: z.int().min(0).max(25).nullish(),
  max_values: z.int().min(1).max(25).nullish(),
  disabled: z.boolean().nullish(),
};
const stringSelect = z
  .looseObject({
    ...menu,
    type: z.literal(ComponentType.StringSelect),
    options: z
      .array(
        z.looseObject({
          label: z.string().min(1).max(100),
          value: z.string().min(1).max(100),
          description: z.string().max(100).nullish(),
        }),
      )
      .min(1)
      .max(25),
  })
  .superRefine((value, context) => {
    requireAtMost(context, 'max_values', value.max_values, value.options.length);
    requireAtMost(context, 'min_values', value.min_values, value.max_values ?? 1);
    const seen = new Set<string>();
    for (const [index, option] of value.options.entries()) {
      if (seen.has(option.value)) {
        const message = 'The specified option value is already used';
        report(context, ['options', index], 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', message);
      }
      seen.add(option.value);
    }
  });
const entitySelect = z
  .looseObject({ ...menu, type: z.int().min(ComponentType.UserSelect).max(ComponentType.ChannelSelect) })
  .superRefine((value, context) => requireAtMost(context, 'min_values', value.min_values, value.max_values ?? 1));
const menus = {
  [ComponentType.StringSelect]: stringSelect,
  [ComponentType.UserSelect]: entitySelect,
  [ComponentType.RoleSelect]: entitySelect,
  [ComponentType.MentionableSelect]: entitySelect,
  [ComponentType.ChannelSelect]: entitySelect,
};
const textInput = z.looseObject({
  type: z.literal(ComponentType.TextInput),
  id: componentId,
  custom_id: customId,
  style: z.int().min(1).max(2),
  label: z.string().min(1).max(45).nullish(),
  min_length: z.int().min(0).max(4000).nullish(),
  max_length: z.int().min(1).max(4000).nullish(),
  required: z.boolean().nullish(),
});

const row = z
  .looseObject({
    type: z.literal(ComponentType.ActionRow),
    id: componentId,
    components: z
      .array(byType<Component>({ [ComponentType.Button]: button, ...menus }))
      .min(1)
      .max(5),
  })
  .superRefine(({ components }, context) => {
    // Five buttons fill a row, and so does one menu.
    if (components.length === 1 || components.every((each) => each['type'] === ComponentType.Button)) return;
    const message = 'The specified component exceeds the maximum width';
    report(context, [], 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message);
  });

/** What a message may show: rows; everything else only with the flag for the second version of components. */
export const messageComponents = z
  .array(byType<Component>({ [ComponentType.ActionRow]: row }))
  .max(5)
  .superRefine(requireDistinct);

const textDisplay = z.looseObject({
  type: z.literal(ComponentType.TextDisplay),
  id: componentId,
  content: z.string().min(1).max(4000),
});
const media = z.looseObject({ url: address(2048, 'http', 'https', 'attachment') });
const description = z.string().min(1).max(1024).nullish();
const thumbnail = z.looseObject({ type: z.literal(ComponentType.Thumbnail), id: componentId, media, description });
const inContainer = {
  [ComponentType.ActionRow]: row,
  [ComponentType.Section]: z.looseObject({
    type: z.literal(ComponentType.Section),
    id: componentId,
    components: z
      .array(byType<Component>({ [ComponentType.TextDisplay]: textDisplay }))
      .min(1)
      .max(3),
    accessory: byType<Component>({ [ComponentType.Button]: button, [ComponentType.Thumbnail]: thumbnail }),
  }),
  [ComponentType.TextDisplay]: textDisplay,
  [ComponentType.MediaGallery]: z.looseObject({
    type: z.literal(ComponentType.MediaGallery),
    id: componentId,
    items: z.array(z.looseObject({ media, description })).min(1).max(10),
  }),
  [ComponentType.File]: z.looseObject({
    type: z.literal(ComponentType.File),
    id: componentId,
    file: z.looseObject({ url: address(2048, 'attachment') }),
  }),
  [ComponentType.Separator]: z.looseObject({
    type: z.literal(ComponentType.Separator),
    id: componentId,
    divider: z.boolean().nullish(),
    spacing: z.int().min(1).max(2).nullish(),
  }),
};
const container = z.looseObject({
  type: z.literal(ComponentType.Container),
  id: componentId,
  accent_color: z.int().min(0).max(0xffffff).nullish(),
  components: z.array(byType<Component>(inContainer)).min(1),
});

const MAX_COMPONENTS = 40;
const MAX_TEXT = 4000;

/** What a message may show with that flag: 40 components in all, and 4000 characters (the codes are unverified). */
export const layoutComponents = z
  .array(byType<Component>({ ...inContainer, [ComponentType.Container]: container }))
  .superRefine((components, context) => {
    const all = allComponents(components);
    const text = all.reduce((sum, { content }) => sum + (typeof content === 'string' ? content.length : 0), 0);
    if (all.length > MAX_COMPONENTS) {
      const message = `The total number of components exceeds ${MAX_COMPONENTS}`;
      report(context, [], 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', message);
    }
    if (text > MAX_TEXT) {
      const message = `The total text of all components exceeds ${MAX_TEXT} characters`;
      report(context, [], 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', message);
    }
  })
  .superRefine(requireDistinct);

const modalRow = z.looseObject({ type: z.literal(ComponentType.ActionRow), components: z.array(textInput).length(1) });
/** Files, radio buttons and checkboxes: taken as they come. */
const otherInput = z.looseObject({ type: z.int(), custom_id: customId });
const label = z.looseObject({
  type: z.literal(ComponentType.Label),
  label: z.string().min(1).max(45),
  description: z.string().min(1).max(100).nullish(),
  component: byType<Component>({
    ...menus,
    [ComponentType.TextInput]: textInput,
    [ComponentType.FileUpload]: otherInput,
    [ComponentType.RadioGroup]: otherInput,
    [ComponentType.CheckboxGroup]: otherInput,
    [ComponentType.Checkbox]: otherInput,
  }),
});

/** What a modal may ask. */
export const modalComponents = z
  .array(
    byType<Component>({
      [ComponentType.ActionRow]: modalRow,
      [ComponentType.TextDisplay]: textDisplay,
      [ComponentType.Label]: label,
    }),
  )
  .min(1)
  .max(5)
  .superRefine(requireDistinct);

function requireDistinct(components: readonly Component[], context: z.RefinementCtx): void {
  const [ids, customIds] = [new Set<unknown>(), new Set<unknown>()];
  for (const { id, custom_id: customId } of allComponents(components)) {
    if (isGiven(customId) && customIds.has(customId)) {
      report(context, [], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
    }
    // 0 stands for an id that is still to be given.
    if (isGiven(id) && id !== 0 && ids.has(id)) {
      report(context, [], 'COMPONENT_ID_DUPLICATED', 'Component id cannot be duplicated');
    }
    customIds.add(customId);
    ids.add(id);
  }
}

function requireAtMost(
  context: z.RefinementCtx,
  field: string,
  value: number | null | undefined,
  maximum: number,
): void {
  if (!isGiven(value) || value <= maximum) return;
  report(context, [field], 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${maximum}.`);
}

function report(context: z.RefinementCtx, path: (string | number)[], discord: string, message: string): void {
  context.addIssue({ code: 'custom', path, message, params: { discord } });
}
