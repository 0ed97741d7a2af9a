import { isGiven } from '../given';
import { type Route } from '../http/router';
import { type Interactions } from '../interactions/interactions';
import { visibleCommands } from '../interactions/run-command';
import { inviteExpiry } from '../shapes/invite';
import { isEphemeral } from '../shapes/message';
import { type Channel, type Command, type Guild, type Member, type Message, type User } from '../world/model';
import { highestPosition } from '../world/permissions';
import { sharesServerWithBot } from '../world/message-actions';
import { compareSnowflakes } from '../world/snowflake';
import { type World } from '../world/world';
import { control, type ControlCall, type ControlHandler } from './control-call';
import { channelOf, guildOf, invitesOf } from './finders';

/** A page shows this many members, people and messages: a server may have 100,000 of them. */
const SHOWN_MEMBERS = 300;
const SHOWN_MESSAGES = 100;
const SHOWN_ENTRIES = 50;

/** What the start page shows, in pieces that stay small however big the world is. */
export function viewRoutes(world: World, interactions: Interactions): Route<ControlHandler>[] {
  return [
    control('GET', '/sandbox/view', (call) => overview(world, call.query)),
    control('GET', '/sandbox/view/guilds/:guild', (call) => guildView(world, call)),
    control('GET', '/sandbox/view/channels/:channel', (call) =>
      channelView(world, interactions, channelOf(world, call), call.query.get('as') ?? ''),
    ),
  ];
}

/** `as` is who looks; `find` is a part of the names of the people to list, who looks among them in any case. */
function overview(world: World, query: URLSearchParams) {
  const readerId = query.get('as') ?? '';
  const people: { id: string; username: string; globalName: string | null; isAuthorized: boolean }[] = [];
  const authorized = new Set([...world.refreshTokens.values()].map((pair) => pair.userId));
  for (const user of peopleToShow(world, readerId, (query.get('find') ?? '').toLowerCase())) {
    if (people.length === SHOWN_MEMBERS) break;
    const { id, username, globalName } = user;
    people.push({ id, username, globalName, isAuthorized: authorized.has(id) });
  }
  return {
    application: { id: world.application.id, name: world.application.name },
    bot: { id: world.botUserId, username: world.user(world.botUserId).username },
    peopleCount: world.users.size - 1,
    people,
    guilds: [...world.guilds.values()].map((guild) => ({
      id: guild.id,
      name: guild.name,
      memberCount: guild.members.size,
      botPresent: world.isBotIn(guild),
    })),
    dms: [...world.directChannels.values()]
      .filter((channel) => channel.messages.size > 0 || channel.recipientId === readerId)
      .map((channel) => ({ channelId: channel.id, name: displayName(world, channel.recipientId ?? '') })),
    canOpenConversation: sharesServerWithBot(world, readerId) && !world.directChannels.has(readerId),
  };
}

function* peopleToShow(world: World, readerId: string, part: string): Generator<User> {
  const reader = world.users.get(readerId);
  if (reader?.bot === false) yield reader;
  for (const user of world.users.values()) {
    if (user.bot || user === reader) continue;
    const isNamedSo = user.username.toLowerCase().includes(part) || user.globalName?.toLowerCase().includes(part);
    if (isNamedSo === true) yield user;
  }
}

function guildView(world: World, call: ControlCall) {
  const guild = guildOf(world, call);
  const actor = guild.members.get(call.query.get('as') ?? '');
  const commands = actor === undefined ? [] : visibleCommands(world, { guild, member: actor });
  return {
    id: guild.id,
    name: guild.name,
    ownerId: guild.ownerId,
    memberCount: guild.members.size,
    botPresent: world.isBotIn(guild),
    memberScreening: guild.memberScreening,
    members: guild.members.page('0', SHOWN_MEMBERS).map((member) => memberView(world, guild, member)),
    roles: [...guild.roles.values()]
      .filter((role) => role.id !== guild.id)
      .sort((left, right) => right.position - left.position)
      .map(({ id, name, color, position, managed }) => ({ id, name, color, position, managed })),
    channels: [...guild.channels.values()].map(({ id, name }) => ({ id, name })),
    invites: invitesOf(world, guild).map((invite) => ({
      code: invite.code,
      uses: invite.uses,
      maxUses: invite.maxUses,
      expiresAt: inviteExpiry(invite),
      isForSome: invite.targetUserIds !== null,
      inviter: displayName(world, invite.inviterId),
    })),
    bans: [...guild.bans.values()].slice(0, SHOWN_ENTRIES).map((ban) => ({
      userId: ban.userId,
      name: displayName(world, ban.userId),
      reason: ban.reason,
    })),
    auditLog: guild.auditLog
      .slice(-SHOWN_ENTRIES)
      .reverse()
      .map((entry) => ({
        id: entry.id,
        action: entry.actionType,
        user: displayName(world, entry.userId),
        target: entry.targetId === null ? null : displayName(world, entry.targetId, guild),
        reason: entry.reason,
      })),
    ...commandsView(commands),
    userCommands: menuView(commands, 2),
  };
}

function commandsView(commands: readonly Command[]) {
  return {
    commands: commands
      .filter((command) => command.type === 1)
      .map(({ name, description, descriptionLocalizations, options }) => ({
        name,
        description,
        descriptionLocalizations,
        options,
      })),
    messageCommands: menuView(commands, 3),
  };
}

/** The commands of the menus of members (2) or messages (3). */
function menuView(commands: readonly Command[], type: number) {
  return commands
    .filter((command) => command.type === type)
    .map(({ name, nameLocalizations }) => ({ name, nameLocalizations }));
}

function memberView(world: World, guild: Guild, member: Member) {
  const top = member.roles
    .flatMap((id) => guild.roles.get(id) ?? [])
    .filter((role) => role.color !== 0)
    .sort((left, right) => right.position - left.position)[0];
  return {
    userId: member.userId,
    name: member.nick ?? displayName(world, member.userId),
    username: world.user(member.userId).username,
    isBot: world.user(member.userId).bot,
    isOwner: member.userId === guild.ownerId,
    isPending: member.pending,
    color: top?.color ?? 0,
    roles: member.roles,
    rank: Math.min(highestPosition(guild, member), 1000),
  };
}

/** A channel as one person sees it: with the replies that are for its eyes only. */
function channelView(world: World, interactions: Interactions, channel: Channel, readerId: string) {
  const shown = [...channel.messages.values()].slice(-SHOWN_MESSAGES);
  const secret = interactions.ephemeralOf(channel.id, readerId).slice(-SHOWN_MESSAGES);
  const messages = [...shown, ...secret].sort((left, right) => compareSnowflakes(left.id, right.id));
  const isOwn = channel.guildId === null && channel.recipientId === readerId;
  return {
    id: channel.id,
    name: channel.name,
    // A server tells its commands itself.
    ...commandsView(isOwn ? visibleCommands(world, { guild: null, member: null }) : []),
    modal: interactions.openModalOf(readerId)?.modal ?? null,
    messages: messages.map((message) => ({
      id: message.id,
      authorId: message.authorId,
      author: displayName(world, message.authorId),
      isBot: world.user(message.authorId).bot,
      content: message.content.replace(/<@!?(\d+)>/g, (_, id: string) => `@${displayName(world, id)}`),
      embeds: message.embeds,
      at: message.timestamp,
      isEdited: message.editedTimestamp !== null,
      components: message.components,
      attachments: message.attachments,
      isPrivate: isEphemeral(message),
      command: commandText(message),
    })),
  };
}

/** The command that the message answers, as its reader would write it; null = it answers none. */
function commandText({ interaction }: Message): string | null {
  if (interaction === null || (interaction.type ?? 2) !== 2) return null;
  return isGiven(interaction.target) ? interaction.name : `/${interaction.name}`;
}

function displayName(world: World, id: string, guild?: Guild): string {
  const user = world.users.get(id);
  return user?.globalName ?? user?.username ?? guild?.roles.get(id)?.name ?? id;
}
