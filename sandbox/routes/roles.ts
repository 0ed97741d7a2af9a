import { isGiven } from '../given';
import { PermissionFlagsBits } from 'discord-api-types/v10';
import { z } from 'zod';
import { type Call, NO_CONTENT, ok, param } from '../http/call';
import { refuse } from '../http/discord-error';
import { boolean, integer, parseForm, permissionSet, readForm, snowflake } from '../http/form';
import { type Route, route } from '../http/router';
import { roleShape } from '../shapes/role';
import { type Guild, type Role } from '../world/model';
import { guildPermissions, highestPosition, isRoleBelow } from '../world/permissions';
import { createRole, deleteRole, moveRoles, type RoleFields, updateRole } from '../world/role-actions';
import { type BotGuild, requireGuild, requirePermission } from './access';

/** A server's roles. */
export const roleRoutes: readonly Route[] = [
  route('GET', '/guilds/:guild_id/roles', { allow: 'bot' }, listRoles),
  route('POST', '/guilds/:guild_id/roles', { allow: 'bot' }, addRole),
  route('PATCH', '/guilds/:guild_id/roles', { allow: 'bot' }, reorderRoles),
  route('GET', '/guilds/:guild_id/roles/:role_id', { allow: 'bot' }, getRole),
  route('PATCH', '/guilds/:guild_id/roles/:role_id', { allow: 'bot' }, changeRole),
  route('DELETE', '/guilds/:guild_id/roles/:role_id', { allow: 'bot' }, dropRole),
];

const MAX_ROLES = 250;

const roleForm = z.object({
  name: z.string().min(1).max(100).nullish(),
  permissions: permissionSet.nullish(),
  color: integer(0, 0xffffff).nullish(),
  colors: z.object({ primary_color: integer(0, 0xffffff) }).nullish(),
  hoist: boolean.nullish(),
  mentionable: boolean.nullish(),
  unicode_emoji: z.string().max(100).nullish(),
});

function listRoles(call: Call) {
  return ok([...requireGuild(call).guild.roles.values()].map(roleShape));
}

function getRole(call: Call) {
  return ok(roleShape(requireRole(call, requireGuild(call).guild)));
}

function addRole(call: Call) {
  const access = requireManageRoles(call);
  const fields = roleFields(readForm(call, roleForm));
  requireOwnPermissions(access, fields, 0n);
  if (access.guild.roles.size >= MAX_ROLES) throw refuse(30005);
  // A role without stated permissions gets those of @everyone.
  const permissions = fields.permissions ?? access.guild.roles.get(access.guild.id)?.permissions ?? '0';
  return ok(roleShape(createRole(call.world, access.guild, call.actor, { ...fields, permissions })));
}

function changeRole(call: Call) {
  const access = requireManageRoles(call);
  const role = requireRole(call, access.guild);
  requireBelow(access, role);
  const fields = roleFields(readForm(call, roleForm));
  requireOwnPermissions(access, fields, BigInt(role.permissions));
  updateRole(call.world, access.guild, call.actor, role, fields);
  return ok(roleShape(role));
}

function dropRole(call: Call) {
  const access = requireManageRoles(call);
  const role = requireRole(call, access.guild);
  // @everyone cannot be deleted, nor can what belongs to a bot or a service.
  if (role.id === access.guild.id || role.managed) throw refuse(50028);
  requireBelow(access, role);
  deleteRole(call.world, access.guild, call.actor, role);
  return NO_CONTENT;
}

const positionsForm = z.array(z.object({ id: snowflake, position: integer(0, 10_000).nullish() })).max(MAX_ROLES);

function reorderRoles(call: Call) {
  const access = requireManageRoles(call);
  const positions = new Map<string, number>();
  const highest = highestPosition(access.guild, access.bot);
  for (const { id, position } of parseForm(positionsForm, call.body)) {
    const role = access.guild.roles.get(id);
    if (role === undefined) throw refuse(10011);
    if (!isGiven(position) || position === role.position) continue;
    // @everyone stays at the bottom.
    if (id === access.guild.id) throw refuse(50028);
    requireBelow(access, role);
    if (position >= highest) throw refuse(50013);
    positions.set(id, position);
  }
  moveRoles(call.world, access.guild, positions);
  return ok([...access.guild.roles.values()].map(roleShape));
}

function requireManageRoles(call: Call): BotGuild {
  const access = requireGuild(call);
  requirePermission(access, PermissionFlagsBits.ManageRoles);
  return access;
}

function requireRole(call: Call, guild: Guild): Role {
  const role = guild.roles.get(param(call, 'role_id'));
  if (role === undefined) throw refuse(10011);
  return role;
}

function requireBelow({ guild, bot }: BotGuild, role: Role): void {
  if (!isRoleBelow(guild, bot, role)) throw refuse(50013);
}

/** Nobody can hand out a permission that it does not have; what a role has already may stay. */
function requireOwnPermissions({ guild, bot }: BotGuild, fields: RoleFields, already: bigint): void {
  if (fields.permissions === undefined) return;
  if ((BigInt(fields.permissions) & ~already & ~guildPermissions(guild, bot)) !== 0n) throw refuse(50013);
}

function roleFields(form: z.infer<typeof roleForm>): RoleFields {
  const color = form.colors?.primary_color ?? form.color;
  return {
    ...(!isGiven(form.name) ? {} : { name: form.name }),
    ...(!isGiven(form.permissions) ? {} : { permissions: form.permissions }),
    ...(!isGiven(color) ? {} : { color }),
    ...(!isGiven(form.hoist) ? {} : { hoist: form.hoist }),
    ...(!isGiven(form.mentionable) ? {} : { mentionable: form.mentionable }),
    ...(form.unicode_emoji === undefined ? {} : { unicodeEmoji: form.unicode_emoji }),
  };
}
