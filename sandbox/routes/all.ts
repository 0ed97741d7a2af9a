import { type Gateway } from '../gateway/gateway';
import { type Route } from '../http/router';
import { type Interactions } from '../interactions/interactions';
import { type Authorizations } from '../oauth/authorizations';
import { applicationRoutes } from './applications';
import { banRoutes } from './bans';
import { commandRoutes } from './commands';
import { gatewayRoutes } from './gateway';
import { guildRoutes } from './guilds';
import { interactionRoutes } from './interactions';
import { inviteTargetRoutes } from './invite-targets';
import { inviteRoutes } from './invites';
import { memberRoutes } from './members';
import { messageRoutes } from './messages';
import { oauthRoutes } from './oauth';
import { roleConnectionRoutes } from './role-connections';
import { roleRoutes } from './roles';
import { userRoutes } from './users';
import { type WebhookEvents } from '../webhook-events';

/** Every operation of the HTTP API. */
export function apiRoutes(parts: {
  gateway: Gateway;
  gatewayUrl: () => string;
  interactions: Interactions;
  authorizations: Authorizations;
  webhookEvents: WebhookEvents;
}): Route[] {
  return [
    ...gatewayRoutes(parts.gatewayUrl, () => parts.gateway.identifyBudget.sessionStartLimit),
    ...userRoutes,
    ...applicationRoutes(parts.webhookEvents),
    ...roleConnectionRoutes,
    ...guildRoutes,
    ...roleRoutes,
    ...memberRoutes,
    ...banRoutes,
    ...inviteRoutes,
    ...inviteTargetRoutes,
    ...messageRoutes(),
    ...commandRoutes,
    ...interactionRoutes(parts.interactions),
    ...oauthRoutes(parts.authorizations),
  ];
}
