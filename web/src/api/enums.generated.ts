// Made by `npm run codegen`. Do not edit.
export type AuditAction =
  | 'ADD'
  | 'CLICK'
  | 'CONFIG_CREATE'
  | 'CONFIG_DELETE'
  | 'CONFIG_UPDATE'
  | 'CONFIRM'
  | 'ENROLLMENT'
  | 'ERROR'
  | 'HEALTH'
  | 'HOLD'
  | 'INVITE'
  | 'JOIN'
  | 'LEAVE'
  | 'LINK'
  | 'REMOVE'
  | 'ROLE_GRANT'
  | 'ROLE_REVOKE'
  | 'SYNC'
  | 'UNLINK';
export type AuditStatus = 'FAILED' | 'PENDING' | 'SUCCESS';
export type DriftPolicy = 'REPAIR' | 'RESPECT';
export type GuildHealth = 'DEGRADED' | 'HEALTHY' | 'UNCHECKED' | 'UNREACHABLE';
export type MembershipReason =
  | 'ACCOUNT_NOT_LINKED'
  | 'ADDED'
  | 'ALREADY_MEMBER'
  | 'BANNED'
  | 'CONNECTION_REVOKED'
  | 'DISCORD_UNAVAILABLE'
  | 'ENROLLMENT_ENDED'
  | 'GRACE_PERIOD'
  | 'GUILD_LIMIT_REACHED'
  | 'INVITE_EXPIRED'
  | 'INVITE_OPEN'
  | 'JOINING_LIMITED'
  | 'LEFT_BY_CHOICE'
  | 'NOT_INVITED'
  | 'PROTECTED_MEMBER'
  | 'QUEUED'
  | 'REMOVAL_HELD'
  | 'REMOVED_BY_STAFF'
  | 'SCREENING_PENDING'
  | 'SERVER_NOT_READY'
  | 'STILL_ENROLLED_ELSEWHERE'
  | 'USED_INVITE';
export type MembershipStatus = 'INVITED' | 'JOINED' | 'LEFT' | 'PENDING' | 'REMOVED';
export type MetricsBucket = 'DAY' | 'HOUR' | 'WEEK';
export type NextStep =
  | 'COMPLETE_SCREENING'
  | 'CONFIRM_REMOVALS'
  | 'CONNECT_DISCORD'
  | 'FIX_SERVER'
  | 'JOIN'
  | 'LEAVE_A_SERVER'
  | 'OPEN_INVITE'
  | 'RECONNECT_DISCORD'
  | 'REJOIN'
  | 'REQUEST_NEW_INVITE'
  | 'WAIT';
export type PreflightCheckId =
  | 'BOT_PRESENT'
  | 'CHANNEL_EXISTS'
  | 'CREATE_INVITE'
  | 'KICK_MEMBERS'
  | 'MANAGE_ROLES'
  | 'MEMBERS_INTENT'
  | 'ROLE_BELOW_BOT'
  | 'ROLE_EXISTS'
  | 'SEND_MESSAGES'
  | 'VIEWER_MANAGES_GUILD'
  | 'VIEW_AUDIT_LOG'
  | 'VIEW_CHANNEL';
export type RemovalPolicy = 'KEEP' | 'KICK' | 'REMOVE_ROLE';
export type SyncActionType = 'ADD' | 'GRANT_ROLE' | 'INVITE' | 'KICK' | 'NONE' | 'REVOKE_ROLE';
export type SyncRunStatus = 'AWAITING_CONFIRMATION' | 'CANCELLED' | 'FAILED' | 'QUEUED' | 'RUNNING' | 'SUCCEEDED';
export type UserRole = 'ADMIN' | 'INSTRUCTOR' | 'SERVICE' | 'STUDENT';
export type WebhookDeliveryStatus = 'DELIVERED' | 'FAILED' | 'PENDING';
