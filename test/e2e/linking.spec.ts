import { compactDecrypt } from 'jose';
import { Browser, type Page } from './support/browser';
import { withClockAt } from '../support/clock';
import { type Classroom, classroom, eventually, Service } from './support/service';

interface Student {
  readonly id: string;
  readonly token: string;
  /** The Discord account that the student has; linked or not. */
  readonly discordId: string;
}

interface ConnectionRow {
  readonly discord_user_id: string;
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scopes: string[];
  readonly is_verified: boolean;
}

const UNLINK = 'mutation { unlinkDiscord }';

describe('a student who links Discord', () => {
  let service: Service;
  let room: Classroom;

  beforeAll(async () => {
    service = await Service.start();
    room = await classroom(service);
  });
  afterAll(() => service.close());

  async function student(name = 'Ayu Wulandari'): Promise<Student> {
    const id = await service.createUser(name);
    const { id: discordId } = await service.discord.createUser(`person.${id.slice(0, 8)}`);
    return { id, token: await service.token(id), discordId };
  }

  async function connection(userId: string): Promise<ConnectionRow | undefined> {
    return (await service.sql<ConnectionRow>('SELECT * FROM user_discord_connections WHERE user_id = $1', [userId]))[0];
  }

  /** What stands encrypted in the table, opened with the operator's key. */
  async function plainTokens(userId: string): Promise<string[]> {
    const row = await connection(userId);
    const key = service.config.encryptionKeys[0].key;
    const open = async (token: string) => new TextDecoder().decode((await compactDecrypt(token, key)).plaintext);
    return row ? [await open(row.access_token), await open(row.refresh_token)] : [];
  }

  /** Whom Discord takes the bearer of a token for; its status when it refuses. */
  async function whoIs(accessToken: string): Promise<string | number> {
    const response = await fetch(`${service.sandbox.url}/api/v10/users/@me`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    return response.ok ? ((await response.json()) as { id: string }).id : response.status;
  }

  /** The front end on another site hands in what Discord sent it. */
  async function handIn(token: string | null, body: object): Promise<{ status: number; type: string; body: Problem }> {
    const response = await fetch(`${service.url}/oauth/callback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type')?.split(';')[0] ?? '',
      body: (await response.json()) as Problem,
    };
  }

  async function log(userId: string): Promise<string[]> {
    const rows = await service.sql<{ entry: string }>(
      `SELECT action || ' ' || status AS entry FROM discord_log WHERE user_id = $1 ORDER BY seq`,
      [userId],
    );
    return rows.map(({ entry }) => entry);
  }

  describe('in the browser', () => {
    it('agrees on the consent page and is connected; the tokens are kept encrypted only', async () => {
      const ayu = await student();
      const browser = new Browser(service);
      const { authorizeUrl } = await browser.startLink(ayu.token);
      const consent = await browser.open(authorizeUrl);
      expect(consent.html).toContain('See your username and picture');
      expect(consent.html).toContain('Join servers for you');

      const page = await browser.submit(consent, { user_id: ayu.discordId, decision: 'approve' });
      expect(page.url.pathname).toBe('/auth/discord/callback');
      expect(page.status).toBe(200);
      expect(page.html).toContain('Discord is connected');

      const row = await connection(ayu.id);
      expect(row).toMatchObject({
        discord_user_id: ayu.discordId,
        scopes: ['identify', 'guilds.join'],
        is_verified: true,
      });
      const [accessToken, refreshToken] = await plainTokens(ayu.id);
      expect(await whoIs(accessToken!)).toBe(ayu.discordId);
      const stored = JSON.stringify(row);
      expect(stored).not.toContain(accessToken);
      expect(stored).not.toContain(refreshToken);

      const { viewer } = await service.query<{ viewer: { discordConnection: object } }>(
        ayu.token,
        '{ viewer { discordConnection { discordUserId scopes isVerified } } }',
      );
      expect(viewer.discordConnection).toEqual({
        discordUserId: ayu.discordId,
        scopes: ['identify', 'guilds.join'],
        isVerified: true,
      });
      expect(await log(ayu.id)).toEqual(['link success']);
    });

    it('comes by a plain link as well', async () => {
      const ayu = await student();
      const browser = new Browser(service);
      const consent = await browser.open(`${service.config.publicUrl}/auth/discord`, {
        headers: { authorization: `Bearer ${ayu.token}` },
      });
      const page = await browser.submit(consent, { user_id: ayu.discordId, decision: 'approve' });
      expect(page.html).toContain('Discord is connected');
      expect(await connection(ayu.id)).toMatchObject({ discord_user_id: ayu.discordId });
    });

    it('is asked for who they are and nothing else when they want to join by themselves', async () => {
      const ayu = await student();
      const browser = new Browser(service);
      const { authorizeUrl } = await browser.startLink(ayu.token, { autoJoin: false });
      expect(new URL(authorizeUrl).searchParams.get('scope')).toBe('identify');
      const consent = await browser.open(authorizeUrl);
      expect(consent.html).not.toContain('Join servers for you');
      await browser.submit(consent, { user_id: ayu.discordId, decision: 'approve' });
      expect(await connection(ayu.id)).toMatchObject({ scopes: ['identify'], is_verified: true });
    });

    it('cancels, and nothing is connected', async () => {
      const ayu = await student();
      const browser = new Browser(service);
      const consent = await browser.open((await browser.startLink(ayu.token)).authorizeUrl);
      const page = await browser.submit(consent, { user_id: ayu.discordId, decision: 'cancel' });
      expect(page.url.searchParams.get('error')).toBe('access_denied');
      expect(page.status).toBe(200);
      expect(page.html).toContain('You cancelled on Discord');
      expect(await connection(ayu.id)).toBeUndefined();
      expect(await log(ayu.id)).toEqual([]);
    });

    it('comes back twice: the second time is refused, and the connection stays', async () => {
      const ayu = await student();
      const browser = new Browser(service);
      const consent = await browser.open((await browser.startLink(ayu.token)).authorizeUrl);
      const first = await browser.submit(consent, { user_id: ayu.discordId, decision: 'approve' });
      const row = await connection(ayu.id);

      const again = await browser.open(first.url);
      expect(again.status).toBe(400);
      expect(again.html).toContain('has been finished already');
      // Nor does the used state carry a fresh code.
      const fresh = await service.discord.approve(ayu.discordId, (await browser.startLink(ayu.token)).authorizeUrl);
      const mixed = new URL(first.url);
      mixed.searchParams.set('code', new URL(fresh).searchParams.get('code')!);
      expect((await browser.open(mixed)).status).toBe(400);
      expect(await connection(ayu.id)).toEqual(row);
    });

    it('is protected against a link that was started in another browser', async () => {
      const ayu = await student();
      const browser = new Browser(service);
      const { authorizeUrl } = await browser.startLink(ayu.token);
      const back = await service.discord.approve(ayu.discordId, authorizeUrl);

      const bystander = new Browser(service);
      expect((await bystander.open(back)).status).toBe(403);
      await bystander.startLink((await student('Budi')).token);
      const refused = await bystander.open(back);
      expect(refused.status).toBe(403);
      expect(refused.html).toContain('started in another browser or by somebody else');
      expect(await connection(ayu.id)).toBeUndefined();

      expect((await browser.open(back)).status).toBe(200);
      expect(await connection(ayu.id)).toMatchObject({ discord_user_id: ayu.discordId });
    });

    it('comes back after more than ten minutes and has to start again', async () => {
      const ayu = await student();
      const browser = new Browser(service);
      const back = await service.discord.approve(ayu.discordId, (await browser.startLink(ayu.token)).authorizeUrl);
      const page: Page = await withClockAt(11 * 60_000, () => browser.open(back));
      expect(page.status).toBe(400);
      expect(page.html).toContain('has expired');
      expect(await connection(ayu.id)).toBeUndefined();
    });
  });

  describe('at a front end on another site', () => {
    async function started(who: Student): Promise<{ code: string; state: string }> {
      const { authorizeUrl, state } = await new Browser(service).startLink(who.token);
      const back = new URL(await service.discord.approve(who.discordId, authorizeUrl));
      expect(back.searchParams.get('state')).toBe(state);
      return { code: back.searchParams.get('code')!, state };
    }

    it('is connected by code and state', async () => {
      const ayu = await student();
      expect(await handIn(ayu.token, await started(ayu))).toEqual({
        status: 200,
        type: 'application/json',
        body: { success: true },
      });
      expect(await connection(ayu.id)).toMatchObject({ discord_user_id: ayu.discordId });
    });

    it('is refused with a problem document when the state is used, somebody else’s, forged, or anything is missing', async () => {
      const ayu = await student();
      const budi = await student('Budi Santoso');
      const answer = await started(ayu);

      expect(await handIn(null, answer)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
      expect(await handIn(budi.token, answer)).toMatchObject({
        status: 403,
        type: 'application/problem+json',
        body: { code: 'FORBIDDEN', status: 403 },
      });
      // The first character of the signature: the last one holds bits that say nothing.
      const forged = answer.state.replace(/\.(.)([^.]*)$/, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`);
      expect(await handIn(ayu.token, { ...answer, state: forged })).toMatchObject({
        status: 400,
        body: { code: 'BAD_USER_INPUT' },
      });
      for (const incomplete of [{ code: answer.code }, { state: answer.state }, {}, { code: 1, state: [] }]) {
        expect(await handIn(ayu.token, incomplete)).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT' } });
      }
      expect(await handIn(ayu.token, { error: 'access_denied', state: answer.state })).toMatchObject({
        status: 400,
        body: { code: 'BAD_USER_INPUT', detail: expect.stringContaining('cancelled') as string },
      });
      expect(await connection(budi.id)).toBeUndefined();
      expect(await connection(ayu.id)).toBeUndefined();

      // None of that used the state up for its owner.
      expect(await handIn(ayu.token, answer)).toMatchObject({ status: 200 });
      expect(await handIn(ayu.token, answer)).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT' } });
      expect(await log(ayu.id)).toEqual(['link success']);
    });

    it('is refused when Discord does not know the code', async () => {
      const ayu = await student();
      const { state } = await started(ayu);
      expect(await handIn(ayu.token, { code: 'made-up', state })).toMatchObject({
        status: 400,
        body: { code: 'BAD_USER_INPUT', detail: expect.stringContaining('sign-in code') as string },
      });
      expect(await connection(ayu.id)).toBeUndefined();
    });
  });

  describe('with an account that is somebody else’s here', () => {
    it('is refused, and the first person’s connection goes on working', async () => {
      const ayu = await student();
      await service.link(ayu.id, { discordUserId: ayu.discordId });
      const before = await connection(ayu.id);

      const budi = await student('Budi Santoso');
      await service.enroll(budi.id, room.courseId);
      await service.reaches(budi.id, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
      const browser = new Browser(service);
      const consent = await browser.open((await browser.startLink(budi.token)).authorizeUrl);
      const page = await browser.submit(consent, { user_id: ayu.discordId, decision: 'approve' });
      expect(page.status).toBe(409);
      expect(page.html).toContain('connected to another Anycademy account');

      const { authorizeUrl } = await browser.startLink(budi.token);
      const back = new URL(await service.discord.approve(ayu.discordId, authorizeUrl));
      expect(await handIn(budi.token, Object.fromEntries(back.searchParams))).toMatchObject({
        status: 409,
        type: 'application/problem+json',
        body: { code: 'CONFLICT' },
      });

      expect(await connection(budi.id)).toBeUndefined();
      expect((await log(budi.id)).filter((entry) => entry.startsWith('link'))).toEqual([]);
      await service.reaches(budi.id, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
      expect(await connection(ayu.id)).toEqual(before);
      await service.rest();
      expect(await whoIs((await plainTokens(ayu.id))[0]!)).toBe(ayu.discordId);
      await service.enroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
    });
  });

  describe('after enrolling', () => {
    it('is told to connect, at no cost on Discord, and is brought in once they do', async () => {
      const ayu = await student();
      await service.rest();
      await service.discord.clearRequests();
      await service.enroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
      await service.rest();
      expect(await service.discord.calls()).toEqual([]);
      expect(await service.shown(ayu.token, ayu.id, room.courseId)).toMatchObject({ nextStep: 'CONNECT_DISCORD' });

      await service.link(ayu.id, { discordUserId: ayu.discordId });
      await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
      expect((await service.discord.member(room.guildId, ayu.discordId))?.roles).toEqual([room.roleId]);
    });

    it('costs nothing when they never link, whatever becomes of the enrollment', async () => {
      const ayu = await student();
      await service.rest();
      await service.discord.clearRequests();
      await service.enroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
      await service.unenroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.rest();
      expect(await service.discord.calls()).toEqual([]);
    });

    it('costs nothing in the server when the course ended before they linked', async () => {
      const ayu = await student();
      await service.enroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
      await service.unenroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.rest();
      await service.discord.clearRequests();
      await service.link(ayu.id, { discordUserId: ayu.discordId });
      await service.reaches(ayu.id, room.courseId, 'removed', 'ENROLLMENT_ENDED');
      await service.rest();
      expect(await service.discord.calls()).toEqual(['POST /oauth2/token 200', 'GET /users/@me 200']);
    });
  });

  describe('a second time', () => {
    async function joined(): Promise<Student> {
      const ayu = await student();
      await service.link(ayu.id, { discordUserId: ayu.discordId });
      await service.enroll(ayu.id, room.courseId);
      await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
      return ayu;
    }

    it('with another account: it comes in, the former one goes and its tokens die', async () => {
      const ayu = await joined();
      const [formerToken] = await plainTokens(ayu.id);
      const newAccount = await service.link(ayu.id);

      await eventually(async () => {
        expect(await service.discord.member(room.guildId, ayu.discordId)).toBeUndefined();
        expect((await service.discord.member(room.guildId, newAccount))?.roles).toEqual([room.roleId]);
      });
      await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
      expect(await service.shown(ayu.token, ayu.id, room.courseId)).toMatchObject({ discordUserId: newAccount });
      await eventually(async () => expect(await whoIs(formerToken!)).toBe(401));
      expect(await whoIs((await plainTokens(ayu.id))[0]!)).toBe(newAccount);
      // The former account is free again.
      const budi = await student('Budi Santoso');
      await service.link(budi.id, { discordUserId: ayu.discordId });
    });

    it('with another account while Discord’s limit for removals is used up: the former one goes when it is over', async () => {
      const ayu = await joined();
      await service.discord.faults([
        {
          method: 'DELETE',
          route: '/guilds/:id/members/:id',
          userId: ayu.discordId,
          status: 429,
          body: { retry_after: 1 },
          times: 1,
        },
      ]);
      const newAccount = await service.link(ayu.id);
      await eventually(async () => {
        expect(await service.discord.member(room.guildId, ayu.discordId)).toBeUndefined();
        expect((await service.discord.member(room.guildId, newAccount))?.roles).toEqual([room.roleId]);
      });
      await service.discord.noFaults();
      await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
    });

    it('with another account, when the former one has used its invite while the bot was away: it keeps nothing of that', async () => {
      for (const removalPolicy of ['KICK', 'REMOVE_ROLE']) {
        const away = await classroom(service, `Away ${removalPolicy}`, { removalPolicy });
        const ayu = await student();
        await service.link(ayu.id, { discordUserId: ayu.discordId, autoJoin: false });
        await service.enroll(ayu.id, away.courseId);
        await service.reaches(ayu.id, away.courseId, 'invited', 'INVITE_OPEN');
        const link = (await service.membership(ayu.id, away.courseId))!.invite_link!;
        await service.discord.removeBot(away.guildId);
        await service.discord.accept(link.split('/').at(-1)!, ayu.discordId);
        expect((await service.discord.member(away.guildId, ayu.discordId))?.roles).toEqual([away.roleId]);
        const newAccount = await service.link(ayu.id);
        await service.discord.addBot(away.guildId);

        await eventually(
          async () => expect((await service.discord.member(away.guildId, newAccount))?.roles).toEqual([away.roleId]),
          20_000,
        );
        await service.reaches(ayu.id, away.courseId, 'joined', 'ADDED');
        const former = await service.discord.member(away.guildId, ayu.discordId);
        expect(former?.roles).toEqual(removalPolicy === 'KICK' ? undefined : []);
      }
    });

    it('with the same account: nothing happens in the server, and the new tokens work', async () => {
      const ayu = await joined();
      await service.quiet();
      await service.discord.clearRequests();
      await service.link(ayu.id, { discordUserId: ayu.discordId });
      await service.rest();
      expect(await service.discord.calls()).toEqual(['POST /oauth2/token 200', 'GET /users/@me 200']);
      expect(await whoIs((await plainTokens(ayu.id))[0]!)).toBe(ayu.discordId);
      expect(await service.membership(ayu.id, room.courseId)).toMatchObject({ status: 'joined', reason: 'ADDED' });
    });

    it('after unlinking, which had ended their access and their tokens at once', async () => {
      const ayu = await joined();
      const [accessToken] = await plainTokens(ayu.id);
      expect(await service.query(ayu.token, UNLINK)).toEqual({ unlinkDiscord: true });

      await service.reaches(ayu.id, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
      expect(await service.discord.member(room.guildId, ayu.discordId)).toBeUndefined();
      expect(await connection(ayu.id)).toBeUndefined();
      await eventually(async () => expect(await whoIs(accessToken!)).toBe(401));
      expect(await log(ayu.id)).toContain('unlink success');
      expect(await service.query(ayu.token, UNLINK)).toEqual({ unlinkDiscord: false });

      await service.link(ayu.id, { discordUserId: ayu.discordId });
      await service.reaches(ayu.id, room.courseId, 'joined', 'ADDED');
    });
  });

  it('unlinks in a grace that still runs: access ends at once', async () => {
    const patient = await classroom(service, 'Calculus', { removalGraceHours: 24 });
    const ayu = await student();
    await service.link(ayu.id, { discordUserId: ayu.discordId });
    await service.enroll(ayu.id, patient.courseId);
    await service.reaches(ayu.id, patient.courseId, 'joined', 'ADDED');
    await service.unenroll(ayu.id, patient.courseId);
    await service.reaches(ayu.id, patient.courseId, 'joined', 'GRACE_PERIOD');
    await service.query(ayu.token, UNLINK);
    await eventually(async () => expect(await service.discord.member(patient.guildId, ayu.discordId)).toBeUndefined());
    await service.reaches(ayu.id, patient.courseId, 'removed', 'ENROLLMENT_ENDED');
  });

  it('unlinks while an invite is open: the invite is taken back', async () => {
    const ayu = await student();
    await service.link(ayu.id, { discordUserId: ayu.discordId, autoJoin: false });
    await service.enroll(ayu.id, room.courseId);
    await service.reaches(ayu.id, room.courseId, 'invited', 'INVITE_OPEN');
    await service.query(ayu.token, UNLINK);
    await service.reaches(ayu.id, room.courseId, 'pending', 'ACCOUNT_NOT_LINKED');
    expect((await service.discord.guild(room.guildId)).invites).toEqual([]);
    expect(await service.membership(ayu.id, room.courseId)).toMatchObject({ invite_link: null });
  });
});

interface Problem {
  readonly success?: boolean;
  readonly code?: string;
  readonly status?: number;
  readonly detail?: string;
}
