import { type Local, startLocal } from './local';
import { RawClient } from './raw-client';

const ADMINISTRATOR = '8';
const BYPASSES_VERIFICATION = 4;
const DAY = 86_400_000;

describe('moderation on the local Discord', () => {
  let local: Local;
  let guild: Awaited<ReturnType<Local['server']>>;

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server('Strict', ADMINISTRATOR);
  });
  afterAll(() => local.close());

  const member = async (name: string) => {
    const id = await local.person(name);
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${id}`, {});
    return id;
  };

  describe('a ban', () => {
    const write = async (authorId: string, channelId = guild.channelId) =>
      (
        await local.control<{ id: string }>('POST', `/sandbox/channels/${channelId}/messages`, {
          authorId,
          content: 'x',
        })
      ).id;
    const written = async (channelId = guild.channelId) =>
      (await local.bot('GET', `/channels/${channelId}/messages`)).list.map(({ id }) => id);
    const ban = async (userId: string, body: Record<string, unknown>) =>
      (await local.bot('PUT', `/guilds/${guild.id}/bans/${userId}`, body)).status;

    it('deletes what the person wrote of late in every channel, and says so', async () => {
      const client = await RawClient.connect(local);
      client.identify(local, { intents: 1 | 512 });
      await client.event('GUILD_CREATE');
      const { id: second } = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/channels`, {
        name: 'second',
      });
      const [spammer, other] = [await member('spammer'), await member('other')];
      const kept = await write(other);
      const early = await write(spammer);
      await new Promise((resolve) => setTimeout(resolve, 2100));
      const gone = [await write(spammer), await write(spammer)];
      const single = await write(spammer, second);
      expect(await ban(spammer, { delete_message_seconds: 2 })).toBe(204);
      expect(await written()).toEqual([early, kept]);
      expect(await written(second)).toEqual([]);
      expect((await client.event('MESSAGE_DELETE_BULK')).d).toEqual({
        ids: gone,
        channel_id: guild.channelId,
        guild_id: guild.id,
      });
      expect((await client.event('MESSAGE_DELETE')).d).toEqual({
        id: single,
        channel_id: second,
        guild_id: guild.id,
      });
      client.socket.terminate();
    });

    it('deletes in bulk bans and by the deprecated days too, and nothing unless asked to', async () => {
      const people = [await member('one'), await member('two'), await member('three'), await member('four')] as const;
      const messages: string[] = [];
      for (const person of people) messages.push(await write(person));
      const left = async () => {
        const all = await written();
        return messages.map((id) => all.includes(id));
      };
      await ban(people[0], {});
      await ban(people[1], { delete_message_seconds: 0, delete_message_days: 1 });
      expect(await left()).toEqual([true, true, true, true]);
      await ban(people[2], { delete_message_days: 1 });
      await local.bot('POST', `/guilds/${guild.id}/bulk-ban`, { user_ids: [people[3]], delete_message_seconds: 60 });
      expect(await left()).toEqual([true, true, false, false]);
    });
  });

  describe('a member’s flags', () => {
    it('are set on joining as far as they can be edited', async () => {
      const person = await local.person('ayu');
      const { access_token } = await local.grant(person);
      const joined = await local.bot('PUT', `/guilds/${guild.id}/members/${person}`, { access_token, flags: 7 });
      expect([joined.status, joined.body['flags']]).toEqual([201, BYPASSES_VERIFICATION]);
    });

    it('tell who has been here before, whatever way it left and came back', async () => {
      const DID_REJOIN = 1;
      const [left, kicked, banned] = [await member('left'), await member('kicked'), await member('banned')] as const;
      const path = `/guilds/${guild.id}`;
      const flags = async (id: string) => (await local.bot('GET', `${path}/members/${id}`)).body['flags'];
      expect(await flags(left)).toBe(0);
      await local.control('DELETE', `/sandbox${path}/members/${left}`);
      await local.bot('DELETE', `${path}/members/${kicked}`);
      await local.bot('PUT', `${path}/bans/${banned}`, {});
      await local.bot('DELETE', `${path}/bans/${banned}`);
      const { access_token } = await local.grant(left);
      const joined = await local.bot('PUT', `${path}/members/${left}`, { access_token, flags: BYPASSES_VERIFICATION });
      expect(joined.body['flags']).toBe(DID_REJOIN | BYPASSES_VERIFICATION);
      const invite = await local.bot('POST', `/channels/${guild.channelId}/invites`, {});
      for (const userId of [kicked, banned]) {
        await local.control('POST', `/sandbox/invites/${String(invite.body['code'])}/accept`, { userId });
        expect(await flags(userId)).toBe(DID_REJOIN);
      }
    });

    it('keep what cannot be edited', async () => {
      await local.control('PUT', `/sandbox/guilds/${guild.id}/member-screening`, { enabled: true });
      const person = await member('budi');
      await local.control('POST', `/sandbox/guilds/${guild.id}/members/${person}/screening`);
      await local.control('PUT', `/sandbox/guilds/${guild.id}/member-screening`, { enabled: false });
      const path = `/guilds/${guild.id}/members/${person}`;
      const before = Number((await local.bot('GET', path)).body['flags']);
      expect(before).toBeGreaterThan(0);
      const change = async (flags: number) => (await local.bot('PATCH', path, { flags })).body['flags'];
      expect(await change(1 | BYPASSES_VERIFICATION)).toBe(before | BYPASSES_VERIFICATION);
      expect(await change(0)).toBe(before);
    });
  });

  it('a reason has 512 characters at most', async () => {
    const person = await member('dodo');
    const path = `/guilds/${guild.id}/members/${person}`;
    const change = (length: number) =>
      local.bot(
        'PATCH',
        path,
        { nick: `n${length}` },
        { 'x-audit-log-reason': encodeURIComponent('é'.repeat(length)) },
      );
    expect((await change(512)).status).toBe(200);
    const refused = await change(513);
    expect([refused.status, refused.body['code']]).toEqual([400, 50035]);
    expect((await local.bot('GET', path)).body['nick']).toBe('n512');
  });

  it('a timeout lasts 28 days at most', async () => {
    const person = await member('citra');
    const until = (ms: number) =>
      local.bot('PATCH', `/guilds/${guild.id}/members/${person}`, {
        communication_disabled_until: new Date(Date.now() + ms).toISOString(),
      });
    expect((await until(28 * DAY)).status).toBe(200);
    const refused = await until(28 * DAY + 60_000);
    expect([refused.status, refused.body['code'], refused.body['errors']]).toEqual([
      400,
      50035,
      {
        communication_disabled_until: {
          _errors: [
            {
              code: 'INVALID_COMMUNICATION_DISABLED_TIMESTAMP',
              message: 'Invalid communication disabled timestamp',
            },
          ],
        },
      },
    ]);
  });
});
