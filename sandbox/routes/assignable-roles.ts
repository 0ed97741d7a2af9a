import { PermissionFlagsBits } from 'discord-api-types/v10';
import { refuse } from '../http/discord-error';
import { type Member } from '../world/model';
import { isRoleBelow } from '../world/permissions';
import { type Rules } from '../world/rules';
import { type BotGuild, requirePermission } from './access';

/**
 * Throws unless the bot can give or take every one of these roles: 50013 without MANAGE_ROLES or for a role that is not
 * below its own highest one, 10011 for an unknown role, 50028 for @everyone and, by the rules, managed roles.
 */
export function requireAssignable(access: BotGuild, roleIds: readonly string[], rules: Rules): void {
  requirePermission(access, PermissionFlagsBits.ManageRoles);
  for (const id of roleIds) {
    const role = access.guild.roles.get(id);
    if (role === undefined) throw refuse(10011);
    if (id === access.guild.id || (role.managed && !rules.managedRolesAssignable)) throw refuse(50028);
    if (!isRoleBelow(access.guild, access.bot, role)) throw refuse(50013);
  }
}

/** The new list of a member's roles, once only what changes has been checked. */
export function requireAssignableChange(
  access: BotGuild,
  member: Member,
  roles: readonly string[],
  rules: Rules,
): string[] {
  const added = roles.filter((id) => !member.roles.includes(id));
  const removed = member.roles.filter((id) => !roles.includes(id));
  requireAssignable(access, [...added, ...removed], rules);
  return [...roles];
}
