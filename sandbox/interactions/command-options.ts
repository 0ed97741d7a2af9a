import { ApplicationCommandOptionType } from 'discord-api-types/v10';
import { type Command } from '../world/model';

const INTEGER: number = ApplicationCommandOptionType.Integer;
const NUMBER: number = ApplicationCommandOptionType.Number;
const BOOLEAN: number = ApplicationCommandOptionType.Boolean;
const STRING: number = ApplicationCommandOptionType.String;
const CHANNEL: number = ApplicationCommandOptionType.Channel;
const ATTACHMENT: number = ApplicationCommandOptionType.Attachment;

/** The person could not have sent this in Discord. The message says why. */
export class CommandInputError extends Error {}

/** An option as an interaction carries it. */
export interface SentOption {
  name: string;
  type: number;
  value?: string | number | boolean;
  focused?: boolean;
  options?: SentOption[];
}

interface KnownOption {
  readonly name: string;
  readonly type: number;
  readonly required: boolean;
  readonly autocomplete: boolean;
  readonly choices: readonly unknown[];
  readonly channelTypes: readonly unknown[];
  /** Of numbers the values, of texts the lengths. */
  readonly least: number;
  readonly most: number;
  readonly options: readonly KnownOption[];
}

/** What somebody has typed so far. */
export interface CommandInput {
  /** The names of a subcommand and its group, if there are any. */
  readonly path: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
  /** The option that is being typed, for autocompletion. */
  readonly focused: string | undefined;
  /** The type of a channel that the person can name here. */
  readonly channelType: (id: string) => number | undefined;
}

/** The options of an interaction: nested below the subcommand, each value of its option's type and in its bounds. */
export function buildOptions(command: Command, input: CommandInput): SentOption[] {
  return descend(`/${command.name}`, command.options.map(knownOption), input);
}

function descend(where: string, known: readonly KnownOption[], input: CommandInput): SentOption[] {
  const { path, values, focused } = input;
  const branches = known.filter((option) => option.type <= 2);
  const [next, ...rest] = path;
  if (branches.length > 0) {
    const branch = branches.find((option) => option.name === next);
    const names = branches.map((option) => option.name).join(', ');
    if (branch === undefined) throw new CommandInputError(`${where} needs one of these subcommands: ${names}.`);
    const options = descend(`${where} ${branch.name}`, branch.options, { ...input, path: rest });
    return [{ name: branch.name, type: branch.type, options }];
  }
  if (next !== undefined) throw new CommandInputError(`${where} has no subcommand "${next}".`);
  const named = [...Object.keys(values), ...(focused === undefined ? [] : [focused])];
  const unknown = named.find((name) => known.every((option) => option.name !== name));
  if (unknown !== undefined) throw new CommandInputError(`${where} has no option "${unknown}".`);
  return known.flatMap((option) => sentOption(where, option, input));
}

function sentOption(where: string, option: KnownOption, { values, focused, channelType }: CommandInput): SentOption[] {
  const { name, type } = option;
  const value = values[name];
  const isEmpty = value === undefined || value === null || value === '';
  if (focused === name) {
    if (!option.autocomplete) throw new CommandInputError(`${where}: "${name}" is not completed by the bot.`);
    // What is being typed need not be right yet.
    return [{ name, type, value: isEmpty ? '' : textOf(value), focused: true }];
  }
  if (isEmpty) {
    // Somebody who is still typing need not have filled in everything.
    if (option.required && focused === undefined) throw new CommandInputError(`${where} needs the option "${name}".`);
    return [];
  }
  try {
    return [{ name, type, value: requireFitting(option, value, channelType) }];
  } catch (error) {
    if (!(error instanceof CommandInputError)) throw error;
    if (focused !== undefined) return [];
    throw new CommandInputError(`${where}: "${name}" ${error.message}`);
  }
}

/** The value in its option's type. Throws what is wrong with it. */
function requireFitting(option: KnownOption, value: unknown, channelType: CommandInput['channelType']) {
  const text = textOf(value);
  const fitting = typed(option, text);
  const isOffered = option.choices.length === 0 || option.choices.includes(fitting);
  if (!isOffered) throw new CommandInputError(`does not offer "${text}".`);
  if (typeof fitting === 'number' && (fitting < option.least || fitting > option.most)) {
    throw new CommandInputError(`has to be from ${option.least} to ${option.most}.`);
  }
  if (option.type === STRING && (text.length < option.least || text.length > option.most)) {
    throw new CommandInputError(`has to have from ${option.least} to ${option.most} characters.`);
  }
  const kind = option.type === CHANNEL && option.channelTypes.length > 0 ? channelType(text) : undefined;
  if (kind !== undefined && !option.channelTypes.includes(kind)) {
    throw new CommandInputError('does not take channels of this type.');
  }
  return fitting;
}

function typed(option: KnownOption, text: string): string | number | boolean {
  switch (option.type) {
    case INTEGER:
    case NUMBER: {
      const number = text.trim() === '' ? Number.NaN : Number(text);
      if (!Number.isFinite(number)) throw new CommandInputError(`has to be a number, not "${text}".`);
      if (option.type === INTEGER && !Number.isInteger(number)) {
        throw new CommandInputError(`has to be a whole number, not "${text}".`);
      }
      return number;
    }
    case BOOLEAN:
      if (text !== 'true' && text !== 'false') throw new CommandInputError(`has to be true or false, not "${text}".`);
      return text === 'true';
    case ATTACHMENT:
      throw new CommandInputError('takes a file, and files cannot be sent to the local Discord.');
    default:
      return text;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function knownOption(raw: Record<string, unknown>): KnownOption {
  const isText = raw['type'] === STRING;
  const listed = (field: string) => (Array.isArray(raw[field]) ? (raw[field] as Record<string, unknown>[]) : []);
  return {
    name: String(raw['name']),
    type: Number(raw['type']),
    required: raw['required'] === true,
    autocomplete: raw['autocomplete'] === true,
    choices: listed('choices').map((choice) => choice['value']),
    channelTypes: listed('channel_types'),
    least: Number((isText ? raw['min_length'] : raw['min_value']) ?? (isText ? 0 : -LARGEST)),
    most: Number((isText ? raw['max_length'] : raw['max_value']) ?? (isText ? LONGEST : LARGEST)),
    options: listed('options').map(knownOption),
  };
}

/** The numbers that an option can have, and the length of a text. */
const LARGEST = Number.MAX_SAFE_INTEGER;
const LONGEST = 6000;
