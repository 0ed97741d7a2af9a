import { type Role } from '../world/model';

/** A role as Discord shows it. */
export function roleShape(role: Role) {
  return {
    id: role.id,
    name: role.name,
    permissions: role.permissions,
    position: role.position,
    color: role.color,
    colors: { primary_color: role.color, secondary_color: null, tertiary_color: null },
    hoist: role.hoist,
    managed: role.managed,
    mentionable: role.mentionable,
    icon: null,
    unicode_emoji: role.unicodeEmoji,
    flags: 0,
    ...(role.botId === null ? {} : { tags: { bot_id: role.botId } }),
  };
}

/** What an invite tells of the roles that it gives. */
export function inviteRoleShape(role: Role) {
  const { id, name, position, color, colors, icon, unicode_emoji } = roleShape(role);
  return { id, name, position, color, colors, icon, unicode_emoji };
}
