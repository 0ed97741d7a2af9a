import { fill, type Operation, type OperationWorld } from './operation-world';

type Details = Partial<Omit<Operation, 'id' | 'method' | 'path'>>;

function operation(id: string, call: string, response: string | undefined, details: Details = {}): Operation {
  const [method = '', path = ''] = call.split(' ');
  return {
    id,
    method,
    path,
    auth: 'bot',
    status: response === undefined ? 204 : 200,
    ...(response === undefined ? {} : { response }),
    ...details,
  };
}

const command = { name: 'status', description: 'How am I doing' };
const COMMAND = { body: command, request: 'ApplicationCommandCreateRequest', status: 201 };

const freshCommand =
  (path: string) =>
  async ({ local, ids }: OperationWorld) => {
    const made = await local.bot('POST', fill(path, ids), { name: `c${Date.now() % 1e9}`, description: 'x' });
    return { ids: { command_id: String(made.body['id']) } };
  };
const freshInvite = async ({ local, ids }: OperationWorld) => {
  const made = await local.bot('POST', `/channels/${ids['channel_id']}/invites`, { unique: true });
  return { ids: { code: String(made.body['code']) } };
};
const freshMember = async ({ local, ids, newcomer }: OperationWorld) => {
  const { id } = await newcomer();
  await local.control('PUT', `/sandbox/guilds/${ids['guild_id']}/members/${id}`, {});
  return { ids: { user_id: id } };
};
const freshRole = async ({ local, ids }: OperationWorld) => {
  const made = await local.bot('POST', `/guilds/${ids['guild_id']}/roles`, { name: 'fresh' });
  return { ids: { role_id: String(made.body['id']) } };
};
const answered = async (world: OperationWorld) => {
  const { token } = await world.interaction(true);
  return { ids: { webhook_id: world.local.application.id, webhook_token: token } };
};
const followedUp = async (world: OperationWorld) => {
  const prepared = await answered(world);
  const path = fill('/webhooks/{webhook_id}/{webhook_token}', prepared.ids);
  const made = await world.local.call('POST', `/api/v10${path}`, { content: 'follow-up' });
  return { ids: { ...prepared.ids, message_id: String(made.body['id']) } };
};

const APP = '/applications/{application_id}';
const GUILD = '/guilds/{guild_id}';
const HOOK = '/webhooks/{webhook_id}/{webhook_token}';
const RECORD = { type: 2, key: 'courses', name: 'Courses', description: 'How many' };

/** Every operation that a bot or an OAuth2 application calls here. */
export const OPERATIONS: readonly Operation[] = [
  operation('get_gateway', 'GET /gateway', 'GatewayResponse', { auth: 'none' }),
  operation('get_bot_gateway', 'GET /gateway/bot', 'GatewayBotResponse'),
  operation('get_my_application', 'GET /applications/@me', 'PrivateApplicationResponse'),
  operation('update_my_application', 'PATCH /applications/@me', 'PrivateApplicationResponse', {
    body: { tags: ['a'] },
    request: 'ApplicationFormPartial',
  }),
  operation('get_application', `GET ${APP}`, 'PrivateApplicationResponse'),
  operation('update_application', `PATCH ${APP}`, 'PrivateApplicationResponse', {
    body: { tags: [] },
    request: 'ApplicationFormPartial',
  }),
  ...[`${APP}/commands`, `${APP}/guilds/{guild_id}/commands`].flatMap((path) => {
    const kind = path.includes('guild_id') ? 'guild_application_command' : 'application_command';
    return [
      operation(`create_${kind}`, `POST ${path}`, 'ApplicationCommandResponse', COMMAND),
      operation(`list_${kind}s`, `GET ${path}`, 'ApplicationCommandResponse[]'),
      operation(`bulk_set_${kind}s`, `PUT ${path}`, 'ApplicationCommandResponse[]', { body: [command] }),
      operation(`get_${kind}`, `GET ${path}/{command_id}`, 'ApplicationCommandResponse', {
        prepare: freshCommand(path),
      }),
      operation(`update_${kind}`, `PATCH ${path}/{command_id}`, 'ApplicationCommandResponse', {
        prepare: freshCommand(path),
        body: { description: 'changed' },
        request: 'ApplicationCommandPatchRequestPartial',
      }),
      operation(`delete_${kind}`, `DELETE ${path}/{command_id}`, undefined, { prepare: freshCommand(path) }),
    ];
  }),
  operation(
    'create_interaction_response',
    'POST /interactions/{interaction_id}/{interaction_token}/callback',
    'InteractionCallbackResponse',
    {
      auth: 'none',
      query: '?with_response=true',
      body: { type: 4, data: { content: 'x' } },
      request: 'CreateMessageInteractionCallbackRequest',
      prepare: async (world) => {
        const { id, token } = await world.interaction(false);
        return { ids: { interaction_id: id, interaction_token: token } };
      },
    },
  ),
  operation('execute_webhook', `POST ${HOOK}`, 'MessageResponse', {
    auth: 'none',
    body: { content: 'x' },
    request: 'IncomingWebhookRequestPartial',
    prepare: answered,
  }),
  operation('get_original_webhook_message', `GET ${HOOK}/messages/@original`, 'MessageResponse', {
    auth: 'none',
    prepare: answered,
  }),
  operation('update_original_webhook_message', `PATCH ${HOOK}/messages/@original`, 'MessageResponse', {
    auth: 'none',
    body: { content: 'y' },
    request: 'IncomingWebhookUpdateRequestPartial',
    prepare: answered,
  }),
  operation('delete_original_webhook_message', `DELETE ${HOOK}/messages/@original`, undefined, {
    auth: 'none',
    prepare: answered,
  }),
  operation('get_webhook_message', `GET ${HOOK}/messages/{message_id}`, 'MessageResponse', {
    auth: 'none',
    prepare: followedUp,
  }),
  operation('update_webhook_message', `PATCH ${HOOK}/messages/{message_id}`, 'MessageResponse', {
    auth: 'none',
    body: { content: 'y' },
    request: 'IncomingWebhookUpdateRequestPartial',
    prepare: followedUp,
  }),
  operation('delete_webhook_message', `DELETE ${HOOK}/messages/{message_id}`, undefined, {
    auth: 'none',
    prepare: followedUp,
  }),
  operation('get_my_oauth2_authorization', 'GET /oauth2/@me', 'OAuth2GetAuthorizationResponse', { auth: 'bearer' }),
  operation('get_my_oauth2_application', 'GET /oauth2/applications/@me', 'PrivateApplicationResponse'),
  operation('get_public_keys', 'GET /oauth2/keys', 'OAuth2GetKeys', { auth: 'none' }),
  operation('get_openid_connect_userinfo', 'GET /oauth2/userinfo', 'OAuth2GetOpenIDConnectUserInfoResponse', {
    auth: 'bearer',
  }),
  operation('get_my_user', 'GET /users/@me', 'UserPIIResponse'),
  operation('update_my_user', 'PATCH /users/@me', 'UserPIIResponse', {
    body: { username: 'helper' },
    request: 'BotAccountPatchRequest',
  }),
  operation('list_my_guilds', 'GET /users/@me/guilds', 'MyGuildResponse[]', { query: '?with_counts=true' }),
  operation('leave_guild', 'DELETE /users/@me/guilds/{guild_id}', undefined, {
    prepare: async ({ local }) => ({ ids: { guild_id: (await local.server('Left')).id } }),
  }),
  operation('get_my_guild_member', 'GET /users/@me/guilds/{guild_id}/member', 'PrivateGuildMemberResponse', {
    auth: 'bearer',
  }),
  operation('get_user', 'GET /users/{user_id}', 'UserResponse'),
  operation('create_dm', 'POST /users/@me/channels', 'PrivateChannelResponse', {
    request: 'CreatePrivateChannelRequest',
    prepare: ({ ids }) => Promise.resolve({ body: { recipient_id: ids['user_id'] } }),
  }),
  operation('get_guild', `GET ${GUILD}`, 'GuildWithCountsResponse', { query: '?with_counts=true' }),
  operation('list_guild_channels', `GET ${GUILD}/channels`, 'GuildChannelResponse[]'),
  operation('list_guild_roles', `GET ${GUILD}/roles`, 'GuildRoleResponse[]'),
  operation('create_guild_role', `POST ${GUILD}/roles`, 'GuildRoleResponse', {
    body: { name: 'x', color: 1, permissions: 0 },
    request: 'CreateRoleRequest',
  }),
  operation('bulk_update_guild_roles', `PATCH ${GUILD}/roles`, 'GuildRoleResponse[]', {
    prepare: async (world) => ({ body: [{ id: (await freshRole(world)).ids.role_id, position: 1 }] }),
  }),
  operation('get_guild_role', `GET ${GUILD}/roles/{role_id}`, 'GuildRoleResponse', { prepare: freshRole }),
  operation('update_guild_role', `PATCH ${GUILD}/roles/{role_id}`, 'GuildRoleResponse', {
    prepare: freshRole,
    body: { name: 'y' },
    request: 'UpdateRoleRequestPartial',
  }),
  operation('delete_guild_role', `DELETE ${GUILD}/roles/{role_id}`, undefined, { prepare: freshRole }),
  operation('list_guild_members', `GET ${GUILD}/members`, 'GuildMemberResponse[]', { query: '?limit=5' }),
  operation('update_my_guild_member', `PATCH ${GUILD}/members/@me`, 'PrivateGuildMemberResponse', {
    body: { nick: 'H' },
  }),
  operation('search_guild_members', `GET ${GUILD}/members/search`, 'GuildMemberResponse[]', { query: '?query=ay' }),
  operation('get_guild_member', `GET ${GUILD}/members/{user_id}`, 'GuildMemberResponse'),
  operation('add_guild_member', `PUT ${GUILD}/members/{user_id}`, 'GuildMemberResponse', {
    status: 201,
    request: 'BotAddGuildMemberRequest',
    prepare: async ({ newcomer }) => {
      const { id, accessToken } = await newcomer();
      return { ids: { user_id: id }, body: { access_token: accessToken, nick: 'n', roles: [], flags: 0 } };
    },
  }),
  operation('update_guild_member', `PATCH ${GUILD}/members/{user_id}`, 'GuildMemberResponse', {
    body: { nick: 'Ay', flags: 0 },
  }),
  operation('delete_guild_member', `DELETE ${GUILD}/members/{user_id}`, undefined, { prepare: freshMember }),
  operation('add_guild_member_role', `PUT ${GUILD}/members/{user_id}/roles/{role_id}`, undefined, {
    prepare: freshRole,
  }),
  operation('delete_guild_member_role', `DELETE ${GUILD}/members/{user_id}/roles/{role_id}`, undefined, {
    prepare: freshRole,
  }),
  operation('ban_user_from_guild', `PUT ${GUILD}/bans/{user_id}`, undefined, {
    prepare: freshMember,
    body: { delete_message_seconds: 0 },
    request: 'BanUserFromGuildRequest',
  }),
  operation('list_guild_bans', `GET ${GUILD}/bans`, 'GuildBanResponse[]'),
  operation('get_guild_ban', `GET ${GUILD}/bans/{user_id}`, 'GuildBanResponse', {
    prepare: ({ ids }) => Promise.resolve({ ids: { user_id: ids['banned_id'] ?? '' } }),
  }),
  operation('bulk_ban_users_from_guild', `POST ${GUILD}/bulk-ban`, 'BulkBanUsersResponse', {
    request: 'BulkBanUsersRequest',
    prepare: async (world) => ({ body: { user_ids: [(await freshMember(world)).ids.user_id] } }),
  }),
  operation('unban_user_from_guild', `DELETE ${GUILD}/bans/{user_id}`, undefined, {
    prepare: async (world) => {
      const { ids } = await freshMember(world);
      await world.local.control('PUT', `/sandbox/guilds/${world.ids['guild_id']}/bans/${ids.user_id}`);
      return { ids };
    },
  }),
  operation('list_guild_invites', `GET ${GUILD}/invites`, 'GuildInviteResponse[]'),
  operation('list_channel_invites', 'GET /channels/{channel_id}/invites', 'GuildInviteResponse[]'),
  operation('create_channel_invite', 'POST /channels/{channel_id}/invites', 'GuildInviteResponse', {
    body: { max_age: 60, role_ids: [] },
    request: 'CreateGuildInviteRequest',
  }),
  operation('invite_resolve', 'GET /invites/{code}', 'GuildInviteResponse', {
    auth: 'none',
    query: '?with_counts=true',
  }),
  operation('get_invite_target_users', 'GET /invites/{code}/target-users', 'text/csv'),
  operation('update_invite_target_users', 'PUT /invites/{code}/target-users', undefined, {
    prepare: async (world) => {
      const form = new FormData();
      form.set('target_users_file', new Blob([`user_id\n${world.ids['user_id']}\n`]), 'users.csv');
      return { ...(await freshInvite(world)), body: form };
    },
  }),
  operation(
    'get_invite_target_users_job_status',
    'GET /invites/{code}/target-users/job-status',
    'TargetUsersJobStatusResponse',
  ),
  operation('invite_revoke', 'DELETE /invites/{code}', 'GuildInviteResponse', { prepare: freshInvite }),
  operation('create_message', 'POST /channels/{channel_id}/messages', 'MessageResponse', {
    body: { content: 'x', nonce: 'n', enforce_nonce: true, embeds: [{ title: 't' }], allowed_mentions: { parse: [] } },
    request: 'MessageCreateRequest',
  }),
  operation('list_messages', 'GET /channels/{channel_id}/messages', 'MessageResponse[]'),
  operation('list_guild_audit_log_entries', `GET ${GUILD}/audit-logs`, 'GuildAuditLogResponse'),
  operation(
    'update_application_user_role_connection',
    `PUT /users/@me${APP}/role-connection`,
    'ApplicationUserRoleConnectionResponse',
    {
      auth: 'bearer',
      body: { platform_name: 'Courses', metadata: { courses: '3' } },
      request: 'UpdateApplicationUserRoleConnectionRequest',
    },
  ),
  operation(
    'get_application_user_role_connection',
    `GET /users/@me${APP}/role-connection`,
    'ApplicationUserRoleConnectionResponse',
    { auth: 'bearer' },
  ),
  operation('delete_application_user_role_connection', `DELETE /users/@me${APP}/role-connection`, undefined, {
    auth: 'bearer',
  }),
  operation(
    'update_application_role_connections_metadata',
    `PUT ${APP}/role-connections/metadata`,
    'ApplicationRoleConnectionsMetadataItemResponse[]',
    { body: [RECORD] },
  ),
  operation(
    'get_application_role_connections_metadata',
    `GET ${APP}/role-connections/metadata`,
    'ApplicationRoleConnectionsMetadataItemResponse[]',
  ),
  operation('preview_prune_guild', `GET ${GUILD}/prune`, 'GuildPruneResponse', { query: '?days=7' }),
  operation('prune_guild', `POST ${GUILD}/prune`, 'GuildPruneResponse', {
    body: { days: 7 },
    request: 'PruneGuildRequest',
    prepare: async ({ local }) => ({ ids: { guild_id: (await local.server('Pruned', '8')).id } }),
  }),
];
