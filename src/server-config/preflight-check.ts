import { type Server, type ServerChannel, type ServerMember } from './permissions.policy';
import { type RemovalPolicy } from './server-config.policy';

/** Everything that is asked of a server before the service works in it. */
export const PreflightCheckId = {
  BOT_PRESENT: 'BOT_PRESENT',
  CREATE_INVITE: 'CREATE_INVITE',
  KICK_MEMBERS: 'KICK_MEMBERS',
  MANAGE_ROLES: 'MANAGE_ROLES',
  VIEW_CHANNEL: 'VIEW_CHANNEL',
  SEND_MESSAGES: 'SEND_MESSAGES',
  VIEW_AUDIT_LOG: 'VIEW_AUDIT_LOG',
  ROLE_EXISTS: 'ROLE_EXISTS',
  ROLE_BELOW_BOT: 'ROLE_BELOW_BOT',
  CHANNEL_EXISTS: 'CHANNEL_EXISTS',
  MEMBERS_INTENT: 'MEMBERS_INTENT',
  VIEWER_MANAGES_GUILD: 'VIEWER_MANAGES_GUILD',
} as const;
export type PreflightCheckId = (typeof PreflightCheckId)[keyof typeof PreflightCheckId];

/** One thing that was asked of a server. */
export interface PreflightCheck {
  readonly id: PreflightCheckId;
  readonly passed: boolean;
  /** Whether the service refuses to work there without it. */
  readonly required: boolean;
  /** What it is about: everything in the server, or only the role and the channel that were chosen for one course. */
  readonly concerns: 'server' | 'course';
  /** What is wrong and how to mend it, for a person; a short confirmation when it passed. */
  readonly message: string;
  /** The same in Indonesian where it did not pass; missing in a report from before it was written. */
  readonly inIndonesian?: string;
}

/** What is to be set up: the channel and the role that were chosen, and how access ends. */
export interface PreflightChoice {
  readonly inviteChannelId: string | null;
  readonly studentRoleId: string | null;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * On whose behalf the server is checked: `nobody` (the service itself), somebody who may set up any server (`exempt`),
 * somebody without a linked Discord account, somebody who is not in the server, or a member of it.
 */
export type PreflightViewer =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'exempt' }
  | { readonly kind: 'not-linked' }
  | { readonly kind: 'not-member' }
  | { readonly kind: 'member'; readonly member: ServerMember };

/** What Discord said about a server that the bot is in. */
export interface PreflightFacts {
  readonly server: Server;
  readonly bot: ServerMember;
  readonly viewer: PreflightViewer;
  /** Whether the application may see a server's members (a privileged intent). */
  readonly membersIntent: boolean;
}

/** The facts and the choice, with the channel that the choice comes to; null when it does not exist. */
export interface Inspection extends PreflightFacts {
  readonly choice: PreflightChoice;
  readonly channel: ServerChannel | null;
}
