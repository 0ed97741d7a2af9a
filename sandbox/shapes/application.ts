import { webhookEventsStatus, webhookEventTypes } from '../world/webhook-settings';
import { type World } from '../world/world';
import { userShape } from './user';

/** The scopes that the consent page grants. */
export const SCOPES = [
  'identify',
  'email',
  'openid',
  'guilds',
  'guilds.join',
  'guilds.members.read',
  'connections',
  'bot',
  'applications.commands',
  'role_connections.write',
] as const;

/** The application as everybody may see it. */
export function applicationShape(world: World) {
  const { application } = world;
  return {
    id: application.id,
    name: application.name,
    icon: null,
    description: application.description,
    type: null,
    bot: userShape(world.user(application.botUserId)),
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: application.publicKey,
    flags: application.flags,
    flags_new: String(application.flags),
    tags: application.tags,
    hook: true,
    summary: '',
    integration_types_config: { 0: {} },
    ...(application.customInstallUrl === null ? {} : { custom_install_url: application.customInstallUrl }),
  };
}

/** The application as it sees itself. */
export function privateApplicationShape(world: World) {
  const { application } = world;
  const owner = world.users.get(application.ownerId ?? '') ?? world.user(application.botUserId);
  return {
    ...applicationShape(world),
    redirect_uris: application.redirectUris,
    interactions_endpoint_url: application.interactionsEndpointUrl,
    role_connections_verification_url: application.roleConnectionsVerificationUrl,
    owner: userShape(owner),
    approximate_guild_count: [...world.guilds.values()].filter((guild) => world.isBotIn(guild)).length,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: new Set([...world.accessTokens.values()].map((pair) => pair.userId)).size,
    event_webhooks_url: application.webhookEventsUrl,
    event_webhooks_status: webhookEventsStatus(application),
    event_webhooks_types: webhookEventTypes(application),
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: SCOPES,
  };
}
