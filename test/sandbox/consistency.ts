import { AuditLogEvent } from 'discord-api-types/v10';
import { type WorldSnapshot } from '../../sandbox/world/snapshot';

/** What contradicts itself in a world, each as a sentence; nothing when it is whole. */
export function contradictions(world: WorldSnapshot): string[] {
  const found: string[] = [];
  const expect = (isTrue: boolean, sentence: string) => {
    if (!isTrue) found.push(sentence);
  };
  const distinct = (values: readonly unknown[], what: string) =>
    expect(new Set(values).size === values.length, `${what} are not distinct: ${values.map(String).join(', ')}`);
  const ascending = (ids: readonly string[], what: string) =>
    expect(
      ids.every((id, index) => index === 0 || BigInt(id) > BigInt(ids[index - 1] ?? '0')),
      `${what} do not ascend: ${ids.join(', ')}`,
    );

  const users = new Set(world.users.map(({ id }) => id));
  distinct(
    world.users.map(({ id }) => id),
    'users',
  );
  expect(users.has(world.application.botUserId), 'the bot is no user');

  const channels = [...world.guilds.flatMap((guild) => guild.channels), ...world.directChannels];
  distinct(
    channels.map(({ id }) => id),
    'channels',
  );
  for (const channel of channels) {
    const ids = channel.messages.map(({ id }) => id);
    ascending(ids, `messages of ${channel.id}`);
    for (const message of channel.messages) {
      expect(message.channelId === channel.id, `message ${message.id} is of ${message.channelId}, not ${channel.id}`);
      expect(users.has(message.authorId), `message ${message.id} is by ${message.authorId}, who is no user`);
      expect(!Number.isNaN(Date.parse(message.timestamp)), `message ${message.id} has no time`);
      expect(message.content.length <= 4000, `message ${message.id} is too long`);
      for (const id of message.mentionIds)
        expect(users.has(id), `message ${message.id} mentions ${id}, who is no user`);
    }
  }
  distinct(
    channels.flatMap(({ messages }) => messages.map(({ id }) => id)),
    'messages',
  );
  distinct(
    world.directChannels.map(({ recipientId }) => recipientId),
    'recipients of direct channels',
  );
  for (const { id, recipientId, guildId } of world.directChannels) {
    expect(
      guildId === null && users.has(recipientId ?? ''),
      `direct channel ${id} is with ${recipientId}, who is no user`,
    );
  }

  const guilds = new Map(world.guilds.map((guild) => [guild.id, guild]));
  distinct(
    world.guilds.map(({ id }) => id),
    'servers',
  );
  for (const guild of world.guilds) {
    const where = `in server ${guild.id}`;
    const roles = new Set(guild.roles.map(({ id }) => id));
    const memberIds = guild.members.map(({ userId }) => userId);
    distinct(
      guild.roles.map(({ id }) => id),
      `roles ${where}`,
    );
    const positions = guild.roles.map(({ position }) => position).sort((left, right) => left - right);
    expect(
      positions.every((position, index) => position === index),
      `positions ${where} have gaps or repeat: ${positions.join(', ')}`,
    );
    expect(guild.roles.find(({ id }) => id === guild.id)?.position === 0, `@everyone is not at the bottom ${where}`);
    for (const { id, permissions, name } of guild.roles) {
      expect(/^\d+$/.test(permissions), `role ${id} has the permissions ${permissions} ${where}`);
      expect(name.length >= 1 && name.length <= 100, `role ${id} has a name of ${name.length} ${where}`);
    }
    distinct(memberIds, `members ${where}`);
    expect(memberIds.includes(guild.ownerId), `the owner is no member ${where}`);
    const isBotIn = memberIds.includes(world.application.botUserId);
    expect(
      (guild.botRoleId !== null && roles.has(guild.botRoleId)) === isBotIn,
      `the bot’s role is not with the bot ${where}`,
    );
    for (const member of guild.members) {
      expect(users.has(member.userId), `${member.userId} is a member and no user ${where}`);
      distinct(member.roles, `roles of ${member.userId} ${where}`);
      for (const id of member.roles) {
        expect(roles.has(id) && id !== guild.id, `${member.userId} has the role ${id}, which is none ${where}`);
      }
      expect(!Number.isNaN(Date.parse(member.joinedAt)), `${member.userId} joined at no time ${where}`);
    }
    for (const channel of guild.channels) {
      expect(channel.guildId === guild.id, `channel ${channel.id} is of ${channel.guildId} ${where}`);
      for (const { id, type } of channel.permissionOverwrites) {
        expect(type === 1 || roles.has(id), `channel ${channel.id} has an overwrite for the role ${id}, which is none`);
      }
    }
    expect(
      guild.systemChannelId === null || guild.channels.some(({ id }) => id === guild.systemChannelId),
      `the system channel is none ${where}`,
    );
    distinct(
      guild.bans.map(({ userId }) => userId),
      `bans ${where}`,
    );
    for (const { userId } of guild.bans) {
      expect(users.has(userId), `${userId} is banned and no user ${where}`);
      expect(!memberIds.includes(userId), `${userId} is banned and a member ${where}`);
    }
    ascending(
      guild.auditLog.map(({ id }) => id),
      `audit log entries ${where}`,
    );
    for (const entry of guild.auditLog) {
      expect(AuditLogEvent[entry.actionType] !== undefined, `the audit log has an action ${entry.actionType} ${where}`);
      expect(users.has(entry.userId), `the audit log names ${entry.userId}, who is no user ${where}`);
      expect((entry.reason?.length ?? 1) <= 512, `the audit log has a reason of ${entry.reason?.length} ${where}`);
    }
  }

  distinct(
    world.invites.map(({ code }) => code),
    'invites',
  );
  for (const invite of world.invites) {
    const guild = guilds.get(invite.guildId);
    expect(guild !== undefined, `invite ${invite.code} is to a server that does not exist`);
    expect(
      guild?.channels.some(({ id }) => id === invite.channelId) === true,
      `invite ${invite.code} is to the channel ${invite.channelId}, which does not exist`,
    );
    expect(invite.maxUses === 0 || invite.uses < invite.maxUses, `invite ${invite.code} is used up and still there`);
    expect(users.has(invite.inviterId), `invite ${invite.code} is by ${invite.inviterId}, who is no user`);
    for (const id of invite.roleIds) {
      expect(
        guild?.roles.some((role) => role.id === id) === true,
        `invite ${invite.code} gives the role ${id}, which is none`,
      );
    }
  }
  distinct(
    world.commands.map(({ id }) => id),
    'commands',
  );
  distinct(
    world.commands.map(({ guildId, type, name }) => `${guildId} ${type} ${name}`),
    'names of commands',
  );
  for (const { id, guildId } of world.commands) {
    expect(guildId === null || guilds.has(guildId), `command ${id} is of a server that does not exist`);
  }
  distinct(
    world.tokens.map(({ pair }) => pair.accessToken),
    'access tokens',
  );
  for (const { pair } of world.tokens) expect(users.has(pair.userId), `a token is of ${pair.userId}, who is no user`);
  for (const [id] of world.roleConnections) expect(users.has(id), `a role connection is of ${id}, who is no user`);
  return found;
}
