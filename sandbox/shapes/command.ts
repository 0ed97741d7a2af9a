import { isGiven } from '../given';
import { SANDBOX_CREDENTIALS } from '../credentials';
import { type Command } from '../world/model';

/** A command as Discord shows it. */
export function commandShape(command: Command): Record<string, unknown> {
  return {
    id: command.id,
    application_id: SANDBOX_CREDENTIALS.clientId,
    version: command.version,
    type: command.type,
    name: command.name,
    name_localizations: command.nameLocalizations,
    description: command.description,
    description_localizations: command.descriptionLocalizations,
    default_member_permissions: command.defaultMemberPermissions,
    dm_permission: command.contexts?.includes(1) ?? true,
    contexts: command.contexts,
    integration_types: command.integrationTypes,
    nsfw: command.nsfw,
    ...(command.guildId === null ? {} : { guild_id: command.guildId }),
    ...(command.options.length === 0 ? {} : { options: command.options.map(optionShape) }),
  };
}

/** Fields that were null or left out do not come back. */
function optionShape(option: Record<string, unknown>): Record<string, unknown> {
  const stated = Object.fromEntries(Object.entries(option).filter(([, value]) => isGiven(value)));
  if (Array.isArray(stated['options'])) {
    stated['options'] = stated['options'].map((inner: Record<string, unknown>) => optionShape(inner));
  }
  return stated;
}
