import { type Call, ok, param } from '../http/call';
import { refuse } from '../http/discord-error';
import { queryFlag, queryInteger, querySnowflake } from '../http/form';
import { type Route, route } from '../http/router';
import { auditLogEntryShape } from '../shapes/audit-log';
import { channelShape } from '../shapes/channel';
import { guildCounts, guildShape } from '../shapes/guild';
import { userShapes } from '../shapes/user';
import { PermissionFlagsBits } from 'discord-api-types/v10';
import { compareSnowflakes } from '../world/snowflake';
import { requireChannel, guildChannel, requireGuild, requirePermission } from './access';

/** A server, its channels and its audit log. */
export const guildRoutes: readonly Route[] = [
  route('GET', '/guilds/:guild_id', { allow: 'bot' }, getGuild),
  route('GET', '/guilds/:guild_id/channels', { allow: 'bot' }, listChannels),
  route('GET', '/guilds/:guild_id/audit-logs', { allow: 'bot' }, listAuditLog),
  route('GET', '/channels/:channel_id', { allow: 'bot' }, getChannel),
];

/** Only here an absent bot is told that the server is unknown; the other routes say that it has no access. */
function getGuild(call: Call) {
  const guild = call.world.guilds.get(param(call, 'guild_id'));
  if (guild === undefined || !call.world.isBotIn(guild)) throw refuse(10004);
  return ok({ ...guildShape(guild), ...(queryFlag(call, 'with_counts') ? guildCounts(guild) : {}) });
}

function listChannels(call: Call) {
  const { guild } = requireGuild(call);
  return ok([...guild.channels.values()].map((channel) => channelShape(call.world, channel)));
}

function getChannel(call: Call) {
  const channel = requireChannel(call);
  if (channel.guildId !== null) guildChannel(call, channel);
  return ok(channelShape(call.world, channel));
}

function listAuditLog(call: Call) {
  const access = requireGuild(call);
  requirePermission(access, PermissionFlagsBits.ViewAuditLog);
  const limit = queryInteger(call, 'limit', 50, 1, 100);
  const userId = querySnowflake(call, 'user_id');
  const targetId = querySnowflake(call, 'target_id');
  const action = queryInteger(call, 'action_type', 0, 0, 1000);
  const before = querySnowflake(call, 'before');
  const after = querySnowflake(call, 'after');
  const matching = access.guild.auditLog.filter(
    (entry) =>
      (userId === undefined || entry.userId === userId) &&
      (targetId === undefined || entry.targetId === targetId) &&
      (action === 0 || entry.actionType === action) &&
      (before === undefined || compareSnowflakes(entry.id, before) < 0) &&
      (after === undefined || compareSnowflakes(entry.id, after) > 0),
  );
  // Newest first, unless a reader follows the log forward.
  const page = after === undefined ? matching.reverse().slice(0, limit) : matching.slice(0, limit);
  const named = page.flatMap((entry) => [entry.userId, ...(entry.targetId === null ? [] : [entry.targetId])]);
  return ok({
    audit_log_entries: page.map(auditLogEntryShape),
    users: userShapes(call.world, named),
    integrations: [],
    webhooks: [],
    guild_scheduled_events: [],
    threads: [],
    application_commands: [],
    auto_moderation_rules: [],
  });
}
