import { ApplicationCommandOptionType as Option, ChannelType, Locale } from 'discord-api-types/v10';
import { z } from 'zod';
import { boolean, byType, integer } from '../http/form';

/** Lower case in every script that has cases, with digits, dashes and underscores. */
const CHAT_INPUT_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]*$/u;

/** The name of a slash command or of an option. */
export const chatInputName = text(1, 32).refine((name) => CHAT_INPUT_NAME.test(name) && name === name.toLowerCase(), {
  params: { discord: 'APPLICATION_COMMAND_INVALID_NAME' },
  message: 'Command name is invalid',
});

export function text(minimum: number, maximum: number) {
  return z.string().min(minimum).max(maximum);
}

/** Translations by language; each keeps the rules of what it translates. */
export function localizations<T extends z.ZodType<string>>(translation: T) {
  return z.partialRecord(z.enum(Locale), translation).nullish();
}

/** Discord's documentation says 100 characters, its OpenAPI file 6000: what it promises is less. */
const MAX_CHOICE_VALUE = 100;

const OPTION_NAME_EXISTS = {
  code: 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS',
  message: 'Option name already exists',
};
/** The code is unverified. */
const CHOICE_NAME_EXISTS = {
  code: 'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS',
  message: 'Choice name already exists',
};

/** Numbers that a client can hold exactly. */
const double = z
  .number()
  .min(-(2 ** 53))
  .max(2 ** 53);

function choices<T extends z.ZodType<string | number>>(value: T) {
  const choice = z.object({ name: text(1, 100), name_localizations: localizations(text(1, 100)), value });
  return z.array(choice).max(25).superRefine(requireDistinctNames(CHOICE_NAME_EXISTS)).nullish();
}

/** Every setting that an option of some type has, and that one of another type must not have. */
const SETTINGS = [
  'required',
  'choices',
  'autocomplete',
  'channel_types',
  'min_value',
  'max_value',
  'min_length',
  'max_length',
  'options',
] as const;

/** As good as absent: off, or an empty list. The sentence is Discord's, the codes but for two are unverified. */
function misplaced(setting: string) {
  return z
    .unknown()
    .refine((value) => value === undefined || value === null || value === false || isEmptyList(value), {
      params: { discord: `APPLICATION_COMMAND_${setting.toUpperCase()}_INVALID` },
      message: `${setting.charAt(0).toUpperCase()}${setting.slice(1)} cannot be configured for this type of option`,
    })
    .transform(() => undefined)
    .optional();
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** An option as it is stored and shown. */
type OptionForm = Record<string, unknown> & { name: string; type: number; required?: boolean | null | undefined };

function optionForm(type: Option, settings: Readonly<Partial<Record<(typeof SETTINGS)[number], z.ZodType>>>) {
  return z.object({
    ...Object.fromEntries(SETTINGS.map((setting) => [setting, misplaced(setting)])),
    type: integer(type, type),
    name: chatInputName,
    name_localizations: localizations(chatInputName),
    description: text(1, 100),
    description_localizations: localizations(text(1, 100)),
    ...settings,
  }) as unknown as z.ZodType<OptionForm>;
}

const required = boolean.nullish();
const autocomplete = boolean.nullish();

function numeric(type: Option, value: z.ZodType<number>) {
  return optionForm(type, {
    required,
    autocomplete,
    choices: choices(value),
    min_value: value.nullish(),
    max_value: value.nullish(),
  }).superRefine((option, context) => {
    requireOneSource(option, context);
    requireRange(option['min_value'], option['max_value'], context);
  });
}

const valueOptions = {
  [Option.String]: optionForm(Option.String, {
    required,
    autocomplete,
    choices: choices(z.string().max(MAX_CHOICE_VALUE)),
    min_length: integer(0, 6000).nullish(),
    max_length: integer(1, 6000).nullish(),
  }).superRefine((option, context) => {
    requireOneSource(option, context);
    requireRange(option['min_length'], option['max_length'], context);
  }),
  [Option.Integer]: numeric(Option.Integer, z.int()),
  [Option.Number]: numeric(Option.Number, double),
  [Option.Boolean]: optionForm(Option.Boolean, { required }),
  [Option.User]: optionForm(Option.User, { required }),
  [Option.Channel]: optionForm(Option.Channel, {
    required,
    channel_types: z
      .array(z.enum(ChannelType))
      .refine((types) => new Set(types).size === types.length, {
        params: { discord: 'SET_TYPE_ALREADY_CONTAINS_VALUE' },
      })
      .nullish(),
  }),
  [Option.Role]: optionForm(Option.Role, { required }),
  [Option.Mentionable]: optionForm(Option.Mentionable, { required }),
  [Option.Attachment]: optionForm(Option.Attachment, { required }),
};

const subcommand = optionForm(Option.Subcommand, { options: optionList(byType(valueOptions)).nullish() });
const group = optionForm(Option.SubcommandGroup, {
  options: optionList(byType({ [Option.Subcommand]: subcommand })).nullish(),
});

/** The options of a slash command: values, or subcommands and groups of them. */
export const commandOptions = optionList(
  byType<OptionForm>({ [Option.Subcommand]: subcommand, [Option.SubcommandGroup]: group, ...valueOptions }),
);

function optionList<T extends z.ZodType<OptionForm>>(option: T) {
  return z
    .array(option)
    .max(25)
    .superRefine(requireDistinctNames(OPTION_NAME_EXISTS))
    .superRefine((options, context) => {
      const [first] = options;
      let sawOptional = false;
      for (const [index, each] of options.entries()) {
        if (first !== undefined && isBranch(each) !== isBranch(first)) {
          report(context, index, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', MIXED);
        }
        if (each.required !== true) sawOptional = true;
        else if (sawOptional) {
          const message = 'Required options must be placed before non-required options';
          report(context, index, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message);
        }
      }
    });
}

const MIXED = 'Sub-command and sub-command group option types are mutually exclusive to all other types';

function isBranch({ type }: OptionForm): boolean {
  return type <= 2;
}

/** Where the person's input comes from: a list, or the bot while it is typed (the code is unverified). */
function requireOneSource(option: OptionForm, context: z.RefinementCtx): void {
  if (option['autocomplete'] !== true || !Array.isArray(option['choices']) || option['choices'].length === 0) return;
  const message = 'Autocomplete and choices are mutually exclusive to each other';
  report(context, undefined, 'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_INVALID', message);
}

/** A range that contains something (the code is unverified). */
function requireRange(least: unknown, most: unknown, context: z.RefinementCtx): void {
  if (typeof least !== 'number' || typeof most !== 'number' || least <= most) return;
  const message = 'The minimum must not be greater than the maximum';
  report(context, undefined, 'APPLICATION_COMMAND_OPTIONS_MIN_MAX_INVALID', message);
}

function requireDistinctNames({ code, message }: typeof OPTION_NAME_EXISTS) {
  return (list: readonly { name: string }[], context: z.RefinementCtx): void => {
    const seen = new Set<string>();
    for (const [index, { name }] of list.entries()) {
      if (seen.has(name)) report(context, index, code, message);
      seen.add(name);
    }
  };
}

function report(context: z.RefinementCtx, index: number | undefined, discord: string, message: string): void {
  context.addIssue({ code: 'custom', path: index === undefined ? [] : [index], message, params: { discord } });
}
