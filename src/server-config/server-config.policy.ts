import { DomainError } from '../common/domain-error';
import { isSnowflake } from '../common/snowflake';

/** How access ends: out of the server, without the role, or as it is. */
export const RemovalPolicy = { KICK: 'KICK', REMOVE_ROLE: 'REMOVE_ROLE', KEEP: 'KEEP' } as const;
export type RemovalPolicy = keyof typeof RemovalPolicy;

/** What to do about a role that somebody gave or took by hand. */
export const DriftPolicy = { REPAIR: 'REPAIR', RESPECT: 'RESPECT' } as const;
export type DriftPolicy = keyof typeof DriftPolicy;

/** What an instructor decides about a server; every field is a column of discord_server_configs. */
export interface ServerSettings {
  readonly inviteChannelId: string | null;
  readonly studentRoleId: string | null;
  readonly welcomeMessage: string | null;
  readonly removalPolicy: RemovalPolicy;
  readonly removalGraceHours: number;
  readonly driftPolicy: DriftPolicy;
  readonly autoInvite: boolean;
  readonly adoptExisting: boolean;
  readonly roleAfterScreening: boolean;
  readonly isActive: boolean;
}

/** What was asked for: undefined leaves a setting as it is, null clears it. */
export type SettingsInput = { readonly [Name in keyof ServerSettings]?: ServerSettings[Name] | null | undefined };

/** What a new configuration has where nothing is said. */
export const DEFAULT_SETTINGS: ServerSettings = {
  inviteChannelId: null,
  studentRoleId: null,
  welcomeMessage: null,
  removalPolicy: 'KICK',
  removalGraceHours: 0,
  driftPolicy: 'REPAIR',
  autoInvite: true,
  adoptExisting: false,
  roleAfterScreening: false,
  isActive: true,
};

/** The longest welcome message, characters: Discord takes 2,000, and the names still have to fit in. */
export const MAX_WELCOME_LENGTH = 1500;
/** The longest grace, hours: a year. */
export const MAX_GRACE_HOURS = 8760;

const PLACEHOLDERS: readonly string[] = ['student', 'course', 'server'];
const NULLABLE: ReadonlySet<keyof ServerSettings> = new Set(['inviteChannelId', 'studentRoleId', 'welcomeMessage']);

/** Changes of these are only stored if the server passes its checks with them. */
const CHECKED: readonly (keyof ServerSettings)[] = [
  'inviteChannelId',
  'studentRoleId',
  'removalPolicy',
  'adoptExisting',
  'isActive',
];

/**
 * The settings after a change.
 * @throws DomainError BAD_USER_INPUT for the first value that cannot be, naming the field and what is expected.
 */
export function changedSettings(current: ServerSettings, input: SettingsInput): ServerSettings {
  const names = Object.keys(DEFAULT_SETTINGS) as (keyof ServerSettings)[];
  const given = names.filter((name) => input[name] !== undefined);
  for (const name of given) {
    if (input[name] === null && !NULLABLE.has(name)) {
      throw new DomainError('BAD_USER_INPUT', `"${name}" cannot be null. Leave it out to keep it as it is.`);
    }
  }
  const settings = { ...current, ...Object.fromEntries(given.map((name) => [name, input[name]])) };
  requireSnowflake('inviteChannelId', settings.inviteChannelId);
  requireSnowflake('studentRoleId', settings.studentRoleId);
  requireGrace(settings.removalGraceHours);
  return { ...settings, welcomeMessage: welcomeTemplate(settings.welcomeMessage) };
}

/** The names of the settings that differ. */
export function settingsDifference(before: ServerSettings, after: ServerSettings): (keyof ServerSettings)[] {
  return (Object.keys(DEFAULT_SETTINGS) as (keyof ServerSettings)[]).filter((name) => before[name] !== after[name]);
}

/** Whether Discord has to be asked before these changes are stored. Switching a configuration off needs no leave. */
export function needsPreflight(changed: readonly (keyof ServerSettings)[], after: ServerSettings): boolean {
  return changed.some((name) => CHECKED.includes(name) && !(name === 'isActive' && !after.isActive));
}

/** @throws DomainError BAD_USER_INPUT unless the value is a Discord id (or null). */
export function requireSnowflake(name: string, value: unknown): void {
  if (value !== null && !isSnowflake(value)) {
    throw new DomainError(
      'BAD_USER_INPUT',
      `"${name}" must be a Discord id of 17 to 20 digits; it was ${JSON.stringify(value)}.`,
    );
  }
}

function requireGrace(hours: number): void {
  if (!Number.isInteger(hours) || hours < 0 || hours > MAX_GRACE_HOURS) {
    throw new DomainError(
      'BAD_USER_INPUT',
      `"removalGraceHours" must be a whole number between 0 and ${MAX_GRACE_HOURS}; it was ${hours}.`,
    );
  }
}

/** No text at all means no message. */
function welcomeTemplate(text: string | null): string | null {
  if (text === null || text.trim() === '') return null;
  if (text.length > MAX_WELCOME_LENGTH) {
    throw new DomainError(
      'BAD_USER_INPUT',
      `"welcomeMessage" may have ${MAX_WELCOME_LENGTH} characters; it had ${text.length}. Shorten it.`,
    );
  }
  const unknown = [...text.matchAll(/\{([^{}]*)\}/g)].find(([, name]) => !PLACEHOLDERS.includes(name ?? ''));
  if (unknown) {
    throw new DomainError(
      'BAD_USER_INPUT',
      `"welcomeMessage" holds ${unknown[0]}, which is no placeholder. Known are {student}, {course} and {server}.`,
    );
  }
  return text;
}
