import { SANDBOX_CREDENTIALS } from '../../sandbox/credentials';
import { type Local, startLocal } from './local';

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)$/) as string;
const ID = expect.stringMatching(/^\d{17,19}$/) as string;

describe('GET /sandbox/state', () => {
  let local: Local;

  beforeAll(async () => {
    local = await startLocal({ redirectUris: ['http://localhost:1/callback'] });
  });
  afterAll(() => local.close());

  it('tells everything of a world in which everything has happened', async () => {
    const { botUserId, id: applicationId } = local.application;
    const ownerId = await local.person('owner', { globalName: 'Olga O.' });
    const { id: guildId, generalChannelId } = await local.control<Record<'id' | 'generalChannelId', string>>(
      'POST',
      '/sandbox/guilds',
      { name: 'Algebra', ownerId },
    );
    const guild = `/sandbox/guilds/${guildId}`;
    const { roleId } = await local.control<{ roleId: string }>('PUT', `${guild}/bot`, { permissions: '8' });
    const { id: student } = await local.control<{ id: string }>('POST', `${guild}/roles`, { name: 'Student' });
    const [ayu, budi] = [await local.person('ayu'), await local.person('budi')];
    await local.control('PUT', `${guild}/members/${ayu}`, { roles: [student] });
    await local.control('PUT', `${guild}/member-screening`, { enabled: true });
    await local.control('PUT', `${guild}/members/${budi}`, {});
    const invite = await local.bot('POST', `/channels/${generalChannelId}/invites`, { max_uses: 2, unique: true });
    const code = String(invite.body['code']);
    const citra = await local.person('citra');
    await local.control('POST', `/sandbox/invites/${code}/accept`, { userId: citra });
    await local.bot('PUT', `/guilds/${guildId}/bans/${citra}`, {}, { 'x-audit-log-reason': 'spam' });
    await local.control('POST', `/sandbox/channels/${generalChannelId}/messages`, { authorId: ayu, content: 'Hi' });
    const dm = await local.bot('POST', '/users/@me/channels', { recipient_id: ayu });
    await local.bot('POST', `/channels/${String(dm.body['id'])}/messages`, { content: 'Only you' });
    const bare = await local.control<{ id: string; generalChannelId: string }>('POST', '/sandbox/guilds', {
      name: 'Without the bot',
      ownerId: ayu,
    });

    const state = await local.control('GET', '/sandbox/state');
    expect(state).toEqual({
      application: {
        id: applicationId,
        botUserId,
        botToken: SANDBOX_CREDENTIALS.botToken,
        clientSecret: SANDBOX_CREDENTIALS.clientSecret,
        publicKey: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        redirectUris: ['http://localhost:1/callback'],
      },
      users: [
        { id: botUserId, username: 'local-bot', globalName: null },
        { id: ownerId, username: 'owner', globalName: 'Olga O.' },
        { id: ayu, username: 'ayu', globalName: null },
        { id: budi, username: 'budi', globalName: null },
        { id: citra, username: 'citra', globalName: null },
      ],
      guilds: [
        expect.objectContaining({
          id: guildId,
          name: 'Algebra',
          ownerId,
          botPresent: true,
          bans: [citra],
          invites: [
            {
              code,
              channelId: generalChannelId,
              uses: 1,
              maxUses: 2,
              expiresAt: ISO,
              roleIds: [],
              targetUserIds: null,
            },
          ],
        }),
        expect.objectContaining({ id: bare.id, botPresent: false, bans: [], invites: [] }),
      ],
      dms: [
        {
          userId: ayu,
          channelId: dm.body['id'],
          messages: [{ id: ID, authorId: botUserId, content: 'Only you', embeds: [], at: ISO }],
        },
      ],
    });
    const [algebra] = state['guilds'] as Record<'members' | 'roles' | 'channels' | 'auditLog', unknown[]>[];
    const member = (userId: string, roles: string[], pending = false) => ({ userId, roles, joinedAt: ISO, pending });
    expect(algebra?.members).toEqual([
      member(ownerId, []),
      member(botUserId, [roleId]),
      member(ayu, [student]),
      member(budi, [], true),
    ]);
    expect(algebra?.roles).toEqual([
      { id: guildId, name: '@everyone', permissions: expect.any(String) as string, position: 0 },
      { id: roleId, name: expect.any(String) as string, permissions: '8', position: 2 },
      { id: student, name: 'Student', permissions: '0', position: 1 },
    ]);
    expect(algebra?.channels).toEqual([
      {
        id: generalChannelId,
        name: 'general',
        messages: [{ id: ID, authorId: ayu, content: 'Hi', embeds: [], at: ISO }],
      },
    ]);
    expect(algebra?.auditLog.slice(-2)).toEqual([
      { action: 40, userId: botUserId, targetId: null, reason: null },
      { action: 22, userId: botUserId, targetId: citra, reason: 'spam' },
    ]);
  });
});
