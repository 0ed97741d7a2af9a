import {
  type GatewayChannelCreateDispatchData,
  type GatewayChannelDeleteDispatchData,
  type GatewayChannelUpdateDispatchData,
  type GatewayGuildAuditLogEntryCreateDispatchData,
  type GatewayGuildBanAddDispatchData,
  type GatewayGuildBanRemoveDispatchData,
  type GatewayGuildCreateDispatchData,
  type GatewayGuildDeleteDispatchData,
  type GatewayGuildMemberAddDispatchData,
  type GatewayGuildMemberRemoveDispatchData,
  type GatewayGuildMemberUpdateDispatchData,
  type GatewayGuildRoleCreateDispatchData,
  type GatewayGuildRoleDeleteDispatchData,
  type GatewayGuildRoleUpdateDispatchData,
  type GatewayGuildUpdateDispatchData,
  type GatewayInviteDeleteDispatchData,
  type GatewayMessageCreateDispatchData,
  type GatewayReadyDispatchData,
} from 'discord-api-types/v10';
import { createCustomOnDecorator } from 'necord';

/** The dispatches that we listen to, by their gateway names; GatewayClient emits them with the data as it came. */
export interface Dispatches {
  CHANNEL_CREATE: [GatewayChannelCreateDispatchData];
  CHANNEL_DELETE: [GatewayChannelDeleteDispatchData];
  CHANNEL_UPDATE: [GatewayChannelUpdateDispatchData];
  GUILD_AUDIT_LOG_ENTRY_CREATE: [GatewayGuildAuditLogEntryCreateDispatchData];
  GUILD_BAN_ADD: [GatewayGuildBanAddDispatchData];
  GUILD_BAN_REMOVE: [GatewayGuildBanRemoveDispatchData];
  GUILD_CREATE: [GatewayGuildCreateDispatchData];
  GUILD_DELETE: [GatewayGuildDeleteDispatchData];
  GUILD_MEMBER_ADD: [GatewayGuildMemberAddDispatchData];
  GUILD_MEMBER_REMOVE: [GatewayGuildMemberRemoveDispatchData];
  GUILD_MEMBER_UPDATE: [GatewayGuildMemberUpdateDispatchData];
  GUILD_ROLE_CREATE: [GatewayGuildRoleCreateDispatchData];
  GUILD_ROLE_DELETE: [GatewayGuildRoleDeleteDispatchData];
  GUILD_ROLE_UPDATE: [GatewayGuildRoleUpdateDispatchData];
  GUILD_UPDATE: [GatewayGuildUpdateDispatchData];
  INVITE_DELETE: [GatewayInviteDeleteDispatchData];
  MESSAGE_CREATE: [GatewayMessageCreateDispatchData];
  READY: [GatewayReadyDispatchData];
}

/** The decorated method hears this dispatch: `@Context() [data]: Dispatches['…']`. */
export const OnDispatch = createCustomOnDecorator<Dispatches>();
