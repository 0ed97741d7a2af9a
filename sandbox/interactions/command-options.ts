import { ApplicationCommandOptionType } from 'discord-api-types/v10';
import { type Command } from '../world/model';

const INTEGER: number = ApplicationCommandOptionType.Integer;
const NUMBER: number = ApplicationCommandOptionType.Number;
const BOOLEAN: number = ApplicationCommandOptionType.Boolean;

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
  readonly options: readonly KnownOption[];
}

/** The options of an interaction: nested below the subcommand, each value of its option's type. */
export function buildOptions(
  command: Command,
  path: readonly string[],
  values: Readonly<Record<string, unknown>>,
  focused: string | undefined,
): SentOption[] {
  return descend(`/${command.name}`, command.options.map(knownOption), path, values, focused);
}

function descend(
  where: string,
  known: readonly KnownOption[],
  path: readonly string[],
  values: Readonly<Record<string, unknown>>,
  focused: string | undefined,
): SentOption[] {
  const branches = known.filter((option) => option.type <= 2);
  const [next, ...rest] = path;
  if (branches.length > 0) {
    const branch = branches.find((option) => option.name === next);
    const names = branches.map((option) => option.name).join(', ');
    if (branch === undefined) throw new CommandInputError(`${where} needs one of these subcommands: ${names}.`);
    const options = descend(`${where} ${branch.name}`, branch.options, rest, values, focused);
    return [{ name: branch.name, type: branch.type, options }];
  }
  if (next !== undefined) throw new CommandInputError(`${where} has no subcommand "${next}".`);
  const unknown = Object.keys(values).find((name) => known.every((option) => option.name !== name));
  if (unknown !== undefined) throw new CommandInputError(`${where} has no option "${unknown}".`);
  return known.flatMap((option) => {
    const value = values[option.name];
    if (value === undefined || value === null || value === '') {
      if (focused === option.name) return [{ name: option.name, type: option.type, value: '', focused: true }];
      // Somebody who is still typing need not have filled in everything.
      if (option.required && focused === undefined) {
        throw new CommandInputError(`${where} needs the option "${option.name}".`);
      }
      return [];
    }
    const sent = { name: option.name, type: option.type, value: coerce(where, option, value, focused) };
    return [focused === option.name ? { ...sent, focused: true } : sent];
  });
}

function coerce(where: string, option: KnownOption, value: unknown, focused: string | undefined) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  switch (option.type) {
    case INTEGER:
    case NUMBER: {
      // What is being typed need not be a number yet.
      if (focused === option.name) return text;
      const number = Number(text);
      const isWhole = option.type !== INTEGER || Number.isInteger(number);
      if (Number.isNaN(number) || !isWhole) {
        throw new CommandInputError(`${where}: "${option.name}" has to be a number, not "${text}".`);
      }
      return number;
    }
    case BOOLEAN:
      return value === true || text === 'true';
    default:
      return text;
  }
}

function knownOption(raw: Record<string, unknown>): KnownOption {
  return {
    name: String(raw['name']),
    type: Number(raw['type']),
    required: raw['required'] === true,
    options: Array.isArray(raw['options'])
      ? raw['options'].map((inner: Record<string, unknown>) => knownOption(inner))
      : [],
  };
}
