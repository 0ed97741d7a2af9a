import { MemberList } from './member-list';
import {
  type Application,
  type AuditLogEntry,
  type Ban,
  type Channel,
  type Command,
  type Guild,
  type Invite,
  type Member,
  type Message,
  type Role,
  type RoleConnection,
  type TokenPair,
  type User,
} from './model';
import { continueSnowflakesAfter, nextSnowflake } from './snowflake';
import { type World } from './world';

const FORMAT = 1;

type GuildSnapshot = Omit<
  Guild,
  'roles' | 'members' | 'formerMemberIds' | 'channels' | 'bans' | 'inviteCodes' | 'auditLog'
> & {
  roles: Role[];
  members: Member[];
  /** Worlds that were written before it was kept lack it. */
  formerMemberIds?: string[];
  channels: ChannelSnapshot[];
  bans: Ban[];
  auditLog: AuditLogEntry[];
};
type ChannelSnapshot = Omit<Channel, 'messages'> & { messages: Message[] };

/** The whole world as JSON can hold it. */
export interface WorldSnapshot {
  format: number;
  /** The clock of ids: what comes later gets higher ones. */
  lastId: string;
  application: Application;
  users: User[];
  guilds: GuildSnapshot[];
  directChannels: ChannelSnapshot[];
  invites: Invite[];
  commands: Command[];
  tokens: { pair: TokenPair; isAccessAlive: boolean; isRefreshAlive: boolean }[];
  roleConnections: [string, RoleConnection][];
}

/** Everything that outlives a restart. */
export function takeSnapshot(world: World): WorldSnapshot {
  const pairs = new Set([...world.accessTokens.values(), ...world.refreshTokens.values()]);
  return {
    format: FORMAT,
    lastId: nextSnowflake(),
    application: world.application,
    users: [...world.users.values()],
    guilds: [...world.guilds.values()].map((guild) => {
      const { roles, members, formerMemberIds, channels, bans, auditLog } = guild;
      return {
        ...guild,
        // Read back from the invites.
        inviteCodes: undefined,
        roles: [...roles.values()],
        members: [...members.values()],
        formerMemberIds: [...formerMemberIds],
        channels: [...channels.values()].map(channelSnapshot),
        bans: [...bans.values()],
        auditLog,
      };
    }),
    directChannels: [...world.directChannels.values()].map(channelSnapshot),
    invites: [...world.invites.values()],
    commands: [...world.commands.values()],
    tokens: [...pairs].map((pair) => ({
      pair,
      isAccessAlive: world.accessTokens.get(pair.accessToken) === pair,
      isRefreshAlive: pair.refreshToken !== null && world.refreshTokens.get(pair.refreshToken) === pair,
    })),
    roleConnections: [...world.roleConnections],
  };
}

/** Makes the world what the snapshot says. Throws when the snapshot is not one. */
export function restoreWorld(world: World, snapshot: WorldSnapshot): void {
  if (snapshot.format !== FORMAT) {
    throw new Error(`it has format ${String(snapshot.format)}, and this version reads ${FORMAT}`);
  }
  world.clear();
  world.application = snapshot.application;
  world.users.clear();
  for (const user of snapshot.users) world.users.set(user.id, user);
  for (const saved of snapshot.guilds) restoreGuild(world, saved);
  for (const saved of snapshot.directChannels) {
    const channel = restoreChannel(saved);
    world.channels.set(channel.id, channel);
    world.directChannels.set(channel.recipientId ?? '', channel);
  }
  for (const invite of snapshot.invites) {
    world.invites.set(invite.code, invite);
    world.guild(invite.guildId).inviteCodes.add(invite.code);
  }
  for (const command of snapshot.commands) world.commands.set(command.id, command);
  for (const { pair, isAccessAlive, isRefreshAlive } of snapshot.tokens) {
    if (isAccessAlive) world.accessTokens.set(pair.accessToken, pair);
    if (isRefreshAlive && pair.refreshToken !== null) world.refreshTokens.set(pair.refreshToken, pair);
  }
  for (const [userId, connection] of snapshot.roleConnections) world.roleConnections.set(userId, connection);
  continueSnowflakesAfter(snapshot.lastId);
}

function restoreGuild(world: World, saved: GuildSnapshot): void {
  const members = new MemberList();
  for (const member of saved.members) members.add(member);
  const channels = saved.channels.map(restoreChannel);
  world.guilds.set(saved.id, {
    ...saved,
    roles: new Map(saved.roles.map((role) => [role.id, role])),
    members,
    formerMemberIds: new Set(saved.formerMemberIds),
    channels: new Map(channels.map((channel) => [channel.id, channel])),
    bans: new Map(saved.bans.map((ban) => [ban.userId, ban])),
    inviteCodes: new Set(),
  });
  for (const channel of channels) world.channels.set(channel.id, channel);
}

function channelSnapshot(channel: Channel): ChannelSnapshot {
  return { ...channel, messages: [...channel.messages.values()] };
}

function restoreChannel(saved: ChannelSnapshot): Channel {
  return { ...saved, messages: new Map(saved.messages.map((message) => [message.id, message])) };
}
