import { type Guild, type Member } from '../world/model';
import { guildPermissions } from '../world/permissions';
import { type World } from '../world/world';
import { channelShape } from './channel';
import { pictureHash } from './picture-hash';
import { memberShape } from './member';
import { roleShape } from './role';

/** The features that the server's settings imply. */
export function guildFeatures(guild: Guild): string[] {
  return guild.memberScreening ? ['COMMUNITY', 'MEMBER_VERIFICATION_GATE_ENABLED'] : [];
}

/** A server as GET /guilds/:id answers, without the counts. */
export function guildShape(guild: Guild) {
  return {
    id: guild.id,
    name: guild.name,
    icon: pictureHash(guild.id),
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: guildFeatures(guild),
    banner: null,
    owner_id: guild.ownerId,
    application_id: null,
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: guild.systemChannelId,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    roles: [...guild.roles.values()].map(roleShape),
    default_message_notifications: 0,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: 'en-US',
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
  };
}

/** Nobody is ever seen online here but the bot: presences are not played. */
export function guildCounts(guild: Guild) {
  return { approximate_member_count: guild.members.size, approximate_presence_count: 1 };
}

/** One line of GET /users/@me/guilds. */
export function ownGuildShape(guild: Guild, member: Member, withCounts: boolean) {
  return {
    id: guild.id,
    name: guild.name,
    icon: pictureHash(guild.id),
    banner: null,
    owner: guild.ownerId === member.userId,
    permissions: guildPermissions(guild, member).toString(),
    features: guildFeatures(guild),
    ...(withCounts ? guildCounts(guild) : {}),
  };
}

/**
 * GUILD_CREATE. Without presences Discord lists only the bot and who is in voice, and clients have to ask for the rest;
 * with them, everybody of a server that is not large.
 */
export function gatewayGuildShape(world: World, guild: Guild, withPresences: boolean, largeThreshold: number) {
  const bot = guild.members.get(world.botUserId);
  const isLarge = guild.members.size > largeThreshold;
  const members = withPresences && !isLarge ? [...guild.members.values()] : bot === undefined ? [] : [bot];
  return {
    ...guildShape(guild),
    joined_at: bot?.joinedAt ?? null,
    large: isLarge,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    members: members.map((member) => memberShape(world, member)),
    channels: [...guild.channels.values()].map((channel) => channelShape(world, channel)),
    threads: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}
