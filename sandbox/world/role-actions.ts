import { AuditLogEvent, GatewayIntentBits } from 'discord-api-types/v10';
import { roleShape } from '../shapes/role';
import { type Actor, recordAuditLog } from './audit-log';
import { announceMemberUpdate } from './member-actions';
import { type AuditLogChange, type Guild, type Role } from './model';
import { nextSnowflake } from './snowflake';
import { type World } from './world';

/** What a role can be made with. */
export type RoleFields = Partial<Omit<Role, 'id' | 'position'>>;

/** A role, before it is put into a server. */
export function newRole(fields: RoleFields & { id?: string }): Role {
  return {
    id: fields.id ?? nextSnowflake(),
    name: fields.name ?? 'new role',
    permissions: fields.permissions ?? '0',
    position: 0,
    color: fields.color ?? 0,
    hoist: fields.hoist ?? false,
    mentionable: fields.mentionable ?? false,
    unicodeEmoji: fields.unicodeEmoji ?? null,
    managed: fields.managed ?? false,
    botId: fields.botId ?? null,
  };
}

/**
 * Puts a role at a position (1 = directly above @everyone) and shifts what is at or above it. The bot's role, as long as
 * nobody has moved it, stays above everything.
 */
export function insertRole(
  world: World,
  guild: Guild,
  role: Role,
  position: number,
  options: { announceAs: 'GUILD_ROLE_CREATE' | 'GUILD_ROLE_UPDATE' } = { announceAs: 'GUILD_ROLE_CREATE' },
): void {
  const order = rolesFromBottom(guild);
  order.splice(Math.min(Math.max(position, 1), order.length), 0, role);
  guild.roles.set(role.id, role);
  const shifted = renumber(guild, order);
  announceRole(world, guild, role, options.announceAs);
  for (const other of shifted) if (other !== role) announceRole(world, guild, other, 'GUILD_ROLE_UPDATE');
  world.changed();
}

/** Creates a role and writes it into the audit log. Discord puts new roles at the bottom. */
export function createRole(world: World, guild: Guild, actor: Actor, fields: RoleFields, position = 1): Role {
  const role = newRole(fields);
  insertRole(world, guild, role, position);
  recordAuditLog(world, guild, actor, {
    action: AuditLogEvent.RoleCreate,
    targetId: role.id,
    changes: [
      { key: 'name', new_value: role.name },
      { key: 'permissions', new_value: role.permissions },
    ],
  });
  return role;
}

/** Changes a role's own fields. */
export function updateRole(world: World, guild: Guild, actor: Actor, role: Role, fields: RoleFields): void {
  const changes: AuditLogChange[] = [];
  for (const key of ['name', 'permissions', 'color', 'hoist', 'mentionable', 'unicodeEmoji'] as const) {
    const value = fields[key];
    if (value === undefined || value === role[key]) continue;
    changes.push({ key: key === 'unicodeEmoji' ? 'unicode_emoji' : key, old_value: role[key], new_value: value });
  }
  if (changes.length === 0) return;
  Object.assign(role, fields);
  announceRole(world, guild, role, 'GUILD_ROLE_UPDATE');
  recordAuditLog(world, guild, actor, { action: AuditLogEvent.RoleUpdate, targetId: role.id, changes });
  world.changed();
}

/** Moves roles to the positions asked for and closes the gaps. */
export function moveRoles(world: World, guild: Guild, positions: ReadonlyMap<string, number>): void {
  const order = rolesFromBottom(guild).filter((role) => !positions.has(role.id));
  for (const [id, position] of [...positions].sort(([, left], [, right]) => left - right)) {
    const role = guild.roles.get(id);
    if (role === undefined) continue;
    if (id === guild.botRoleId) guild.botRoleOnTop = false;
    order.splice(Math.min(Math.max(position, 1), order.length), 0, role);
  }
  for (const role of renumber(guild, order)) announceRole(world, guild, role, 'GUILD_ROLE_UPDATE');
  world.changed();
}

/** Deletes a role: members, channels and invites lose it, the roles above move down. */
export function deleteRole(world: World, guild: Guild, actor: Actor, role: Role): void {
  removeRole(world, guild, role, { silent: false });
  recordAuditLog(world, guild, actor, {
    action: AuditLogEvent.RoleDelete,
    targetId: role.id,
    changes: [{ key: 'name', old_value: role.name }],
  });
}

/** Takes a role out of the server; silently when it is about to be put back. */
export function removeRole(world: World, guild: Guild, role: Role, options: { silent: boolean }): void {
  guild.roles.delete(role.id);
  const shifted = renumber(guild, rolesFromBottom(guild));
  if (options.silent) return;
  for (const member of guild.members.values()) {
    if (!member.roles.includes(role.id)) continue;
    member.roles = member.roles.filter((id) => id !== role.id);
    announceMemberUpdate(world, guild, member);
  }
  for (const channel of guild.channels.values()) {
    channel.permissionOverwrites = channel.permissionOverwrites.filter((overwrite) => overwrite.id !== role.id);
  }
  for (const code of guild.inviteCodes) {
    const invite = world.invites.get(code);
    if (invite !== undefined) invite.roleIds = invite.roleIds.filter((id) => id !== role.id);
  }
  world.dispatch({
    name: 'GUILD_ROLE_DELETE',
    guild,
    intents: GatewayIntentBits.Guilds,
    data: () => ({ guild_id: guild.id, role_id: role.id }),
  });
  for (const other of shifted) announceRole(world, guild, other, 'GUILD_ROLE_UPDATE');
  world.changed();
}

function rolesFromBottom(guild: Guild): Role[] {
  return [...guild.roles.values()].sort((left, right) => left.position - right.position);
}

/** Numbers the roles from 0 in this order. Returns those whose number changed. */
function renumber(guild: Guild, order: Role[]): Role[] {
  const botRole = guild.botRoleId === null ? undefined : guild.roles.get(guild.botRoleId);
  if (guild.botRoleOnTop && botRole !== undefined && order.at(-1) !== botRole) {
    order.splice(order.indexOf(botRole), 1);
    order.push(botRole);
  }
  return order.filter((role, position) => {
    if (role.position === position) return false;
    role.position = position;
    return true;
  });
}

function announceRole(world: World, guild: Guild, role: Role, name: 'GUILD_ROLE_CREATE' | 'GUILD_ROLE_UPDATE'): void {
  world.dispatch({
    name,
    guild,
    intents: GatewayIntentBits.Guilds,
    data: () => ({ guild_id: guild.id, role: roleShape(role) }),
  });
}
