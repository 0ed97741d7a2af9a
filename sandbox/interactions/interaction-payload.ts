import { InteractionType } from 'discord-api-types/v10';
import { channelShape } from '../shapes/channel';
import { guildFeatures } from '../shapes/guild';
import { memberWithPermissionsShape } from '../shapes/member';
import { messageShape } from '../shapes/message';
import { userShape } from '../shapes/user';
import { type Guild } from '../world/model';
import { channelPermissions } from '../world/permissions';
import { type World } from '../world/world';
import { type Interaction, type InteractionKind } from './interactions';

/** Interaction types as Discord numbers them. */
export const INTERACTION_TYPES = {
  command: InteractionType.ApplicationCommand,
  autocomplete: InteractionType.ApplicationCommandAutocomplete,
  component: InteractionType.MessageComponent,
  modal: InteractionType.ModalSubmit,
} as const satisfies Record<InteractionKind, InteractionType>;

/** Tells the bot of an interaction by INTERACTION_CREATE; `data` is what differs between the kinds. */
export function announceInteraction(
  world: World,
  interaction: Interaction,
  locale: string | undefined,
  data: Record<string, unknown>,
): void {
  const { guild, channel, source, userId } = interaction;
  world.dispatch({
    name: 'INTERACTION_CREATE',
    guild,
    intents: 0,
    data: () => ({
      id: interaction.id,
      application_id: world.application.id,
      type: INTERACTION_TYPES[interaction.kind],
      token: interaction.token,
      version: 1,
      data,
      channel_id: channel.id,
      ...(guild === null ? directFields(world, interaction) : guildFields(world, guild, interaction)),
      ...(source === null ? {} : { message: messageShape(world, source) }),
      locale: locale ?? world.user(userId).locale,
      entitlements: [],
      entitlement_sku_ids: [],
      attachment_size_limit: 10_485_760,
    }),
  });
}

function guildFields(world: World, guild: Guild, { channel, userId }: Interaction) {
  const member = guild.members.get(userId);
  const bot = guild.members.get(world.botUserId);
  const permissions = member === undefined ? 0n : channelPermissions(guild, channel, member);
  return {
    guild: { id: guild.id, locale: 'en-US', features: guildFeatures(guild) },
    guild_id: guild.id,
    guild_locale: 'en-US',
    channel: { ...channelShape(world, channel), permissions: permissions.toString() },
    ...(member === undefined ? {} : { member: memberWithPermissionsShape(world, guild, member, permissions) }),
    app_permissions: (bot === undefined ? 0n : channelPermissions(guild, channel, bot)).toString(),
    authorizing_integration_owners: { 0: guild.id },
    context: 0,
  };
}

/** In direct messages there is a user instead of a member. */
function directFields(world: World, { channel, userId }: Interaction) {
  return {
    channel: channelShape(world, channel),
    user: userShape(world.user(userId)),
    app_permissions: DIRECT_PERMISSIONS,
    authorizing_integration_owners: { 0: '0' },
    context: 1,
  };
}

/** What a bot may do in its direct messages: see, write, embed, attach, read back (unverified). */
const DIRECT_PERMISSIONS = String(1024 | 2048 | 16_384 | 32_768 | 65_536);
