import { type Member, type MemberList } from './member-list';

export { type Member };

/** What the world is made of. Fields are plain values, so that the whole world can be written to a file and read back. */

export interface User {
  readonly id: string;
  username: string;
  globalName: string | null;
  bot: boolean;
  /** The user takes no direct messages from servers' members, so from no bot. */
  dmsClosed: boolean;
  locale: string;
}

export interface Role {
  readonly id: string;
  name: string;
  /** A decimal number, as in Discord's JSON. */
  permissions: string;
  position: number;
  color: number;
  hoist: boolean;
  mentionable: boolean;
  unicodeEmoji: string | null;
  /** Belongs to a bot or a service: nobody can give or take it. */
  managed: boolean;
  botId: string | null;
}

interface PermissionOverwrite {
  readonly id: string;
  /** 0 a role, 1 a member. */
  readonly type: 0 | 1;
  allow: string;
  deny: string;
}

export interface Channel {
  readonly id: string;
  type: number;
  /** Null for a direct message channel. */
  readonly guildId: string | null;
  /** The person on the other end of a direct message channel, null in a server. */
  readonly recipientId: string | null;
  name: string;
  topic: string | null;
  position: number;
  parentId: string | null;
  nsfw: boolean;
  permissionOverwrites: PermissionOverwrite[];
  lastMessageId: string | null;
  /** Oldest first: ids ascend, and a Map keeps the order of insertion. */
  readonly messages: Map<string, Message>;
}

export interface MessageInteraction {
  readonly id: string;
  /** The command's name; the custom_id of what was clicked or sent. */
  readonly name: string;
  readonly userId: string;
  /** 2 a command, 3 a component, 5 a modal; worlds that were written before there were others lack it. */
  readonly type?: number;
  /** The message whose component was clicked. */
  readonly sourceId?: string | null;
  /** What a command of a context menu was run on. */
  readonly target?: { readonly type: 'user' | 'message'; readonly id: string } | null;
}

export interface Message {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly timestamp: string;
  type: number;
  content: string;
  embeds: Record<string, unknown>[];
  components: Record<string, unknown>[];
  attachments: Record<string, unknown>[];
  flags: number;
  tts: boolean;
  pinned: boolean;
  editedTimestamp: string | null;
  mentionIds: string[];
  mentionRoleIds: string[];
  mentionEveryone: boolean;
  nonce: string | number | null;
  referencedMessageId: string | null;
  /** Set on what a bot says in reply to an interaction. */
  interaction: MessageInteraction | null;
  /** Application id of the webhook that wrote it, null for ordinary messages. */
  webhookId: string | null;
}

/** The reading of a file of target users. */
export interface TargetUsersJob {
  /** How it is or will be: 2 completed, 3 failed. */
  readonly status: 2 | 3;
  readonly total: number;
  readonly createdAt: string;
  /** When it is over, ISO 8601; until then it is being processed. */
  completedAt: string;
  /** Who may use the invite until it is completed; worlds that were written before there was a wait lack it. */
  readonly admittedBefore?: readonly string[];
}

export interface Invite {
  readonly code: string;
  readonly guildId: string;
  readonly channelId: string;
  readonly inviterId: string;
  readonly createdAt: string;
  /** Seconds, 0 = for ever. */
  readonly maxAge: number;
  /** 0 = any number. */
  readonly maxUses: number;
  readonly temporary: boolean;
  roleIds: string[];
  uses: number;
  /** Only these users can see and accept it; null = everybody. */
  targetUserIds: string[] | null;
  targetUsersJob: TargetUsersJob | null;
}

export interface Ban {
  readonly userId: string;
  readonly reason: string | null;
}

export interface AuditLogChange {
  key: string;
  old_value?: unknown;
  new_value?: unknown;
}

export interface AuditLogEntry {
  readonly id: string;
  readonly actionType: number;
  readonly userId: string;
  readonly targetId: string | null;
  readonly reason: string | null;
  readonly changes: AuditLogChange[];
  readonly options: Record<string, string> | null;
}

export interface Guild {
  readonly id: string;
  name: string;
  ownerId: string;
  /** New members have to agree to the rules first. */
  memberScreening: boolean;
  /** The application's managed role; it may outlive the bot's membership only as null. */
  botRoleId: string | null;
  /** Until somebody moves it, the bot's role is kept above every other. */
  botRoleOnTop: boolean;
  systemChannelId: string | null;
  readonly roles: Map<string, Role>;
  readonly members: MemberList;
  /** Who has been a member and is none: they come back with a flag. */
  readonly formerMemberIds: Set<string>;
  readonly channels: Map<string, Channel>;
  readonly bans: Map<string, Ban>;
  readonly inviteCodes: Set<string>;
  /** Oldest first. */
  readonly auditLog: AuditLogEntry[];
}

export interface Command {
  readonly id: string;
  readonly guildId: string | null;
  version: string;
  type: number;
  name: string;
  nameLocalizations: Record<string, string> | null;
  description: string;
  descriptionLocalizations: Record<string, string> | null;
  options: Record<string, unknown>[];
  defaultMemberPermissions: string | null;
  contexts: number[] | null;
  integrationTypes: number[];
  nsfw: boolean;
}

/** One access token with the refresh token that was handed out beside it. */
export interface TokenPair {
  readonly accessToken: string;
  /** Null for client credentials. */
  readonly refreshToken: string | null;
  readonly userId: string;
  readonly scopes: string[];
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface RoleConnection {
  platform_name: string | null;
  platform_username: string | null;
  metadata: Record<string, string>;
}

export interface Application {
  readonly id: string;
  readonly botUserId: string;
  name: string;
  description: string;
  botToken: string;
  clientSecret: string;
  publicKey: string;
  privateKey: string;
  /** ApplicationFlags: bits 12 to 19 say which privileged intents are switched on. */
  flags: number;
  ownerId: string | null;
  redirectUris: string[];
  tags: string[];
  interactionsEndpointUrl: string | null;
  roleConnectionsVerificationUrl: string | null;
  customInstallUrl: string | null;
  webhookEventsUrl: string | null;
  /** 1 switched off, 2 switched on, 3 given up by Discord; worlds that were written before there were three lack it. */
  webhookEventsStatus?: 1 | 2 | 3;
  /** The events that are asked for; worlds that were written before there was a choice ask for all. */
  webhookEventTypes?: string[];
  roleConnectionsMetadata: Record<string, unknown>[];
}
