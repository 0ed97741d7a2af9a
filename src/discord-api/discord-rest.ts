import { RequestMethod } from '@discordjs/rest';
import { Injectable } from '@nestjs/common';
import {
  type APIApplication,
  type APIChannel,
  type APIGatewayBotInfo,
  type APIGuild,
  type APIGuildMember,
  type APIInvite,
  type APIRole,
  type APIUser,
  Routes,
} from 'discord-api-types/v10';
import { auditLogReason } from './audit-log-reason';
import { BotHttp, type BotRequest } from './bot-http';
import { type Manner } from './call-manner';
import { DiscordFailure } from './discord-failure';
import { InviteNotBound, inviteRequest, type NewInvite, targetUsersReady } from './personal-invite';
import { type CircuitState } from './token-circuit';

/** The most members that one page of the list holds. */
const PAGE = 1000;
/** And a page of the list of servers. */
const GUILDS_PAGE = 200;

/** Discord's codes for somebody who is not in the server, or does not exist. */
const NO_SUCH_MEMBER = [10007, 10013];

/**
 * Everything the bot asks of Discord. Every method throws {@link DiscordFailure} and nothing else, unless {@link during}
 * says so.
 * https://discord.com/developers/docs/resources/guild
 */
@Injectable()
export class DiscordRest {
  constructor(private readonly http: BotHttp) {}

  /** The server with its roles, and approximate counts of members. */
  getGuild(guildId: string): Promise<APIGuild> {
    const query = new URLSearchParams({ with_counts: 'true' });
    return this.read('read the server', Routes.guild(guildId), query);
  }

  getChannels(guildId: string): Promise<APIChannel[]> {
    return this.read("read the server's channels", Routes.guildChannels(guildId));
  }

  /** Null when the person is not in the server. */
  getMember(guildId: string, userId: string): Promise<APIGuildMember | null> {
    return orWhen(
      NO_SUCH_MEMBER,
      null,
      this.read<APIGuildMember>('read a member', Routes.guildMember(guildId, userId)),
    );
  }

  /**
   * All members, a page of up to 1,000 at a time, by ascending id; the last one is empty when the one before was full. Needs the
   * Server Members intent on the application.
   */
  async *listMembers(guildId: string): AsyncGenerator<APIGuildMember[]> {
    let after = '0';
    for (;;) {
      const query = new URLSearchParams({ limit: String(PAGE), after });
      const page = await this.read<APIGuildMember[]>('list the members', Routes.guildMembers(guildId), query);
      yield page;
      if (page.length < PAGE) return;
      const last = page.reduce((highest, { user }) => (BigInt(user.id) > BigInt(highest) ? user.id : highest), after);
      if (last === after) {
        throw new DiscordFailure(
          'transient',
          'Discord sent the same page of members twice; the list is not complete.',
          {
            status: 200,
            code: null,
          },
        );
      }
      after = last;
    }
  }

  /** Brings a person in with their own access token. Of somebody who was there already (204) nothing is changed, roles included. */
  async addMember(
    guildId: string,
    userId: string,
    { accessToken, roleIds }: { readonly accessToken: string; readonly roleIds: readonly string[] },
  ): Promise<{ added: true; member: APIGuildMember } | { added: false }> {
    const { status, body } = await this.http.send({
      intention: 'add a member',
      method: RequestMethod.Put,
      fullRoute: Routes.guildMember(guildId, userId),
      body: { access_token: accessToken, roles: roleIds },
    });
    return status === 201 ? { added: true, member: body as APIGuildMember } : { added: false };
  }

  /** Removes a person from the server; somebody who is not there counts as removed. */
  kick(guildId: string, userId: string, reason: string): Promise<void> {
    return orWhen(
      NO_SUCH_MEMBER,
      undefined,
      this.remove('remove a member', Routes.guildMember(guildId, userId), reason),
    );
  }

  async addRole(guildId: string, userId: string, roleId: string, reason: string): Promise<void> {
    await this.http.send({
      intention: 'give a role',
      method: RequestMethod.Put,
      fullRoute: Routes.guildMemberRole(guildId, userId, roleId),
      reason: auditLogReason(reason),
    });
  }

  /** Takes a role away; an unknown member or role counts as done. */
  removeRole(guildId: string, userId: string, roleId: string, reason: string): Promise<void> {
    const route = Routes.guildMemberRole(guildId, userId, roleId);
    return orWhen([...NO_SUCH_MEMBER, 10011], undefined, this.remove('take a role away', route, reason));
  }

  /** Makes a role without permissions, below the bot's. */
  createRole(guildId: string, name: string): Promise<APIRole> {
    return this.create('create a role', Routes.guildRoles(guildId), {
      body: { name, permissions: '0' },
      reason: auditLogReason('Student role for a course'),
    });
  }

  /**
   * Makes an invite. One for certain people is answered only once Discord has stored for whom it is: until then, nobody
   * could use it. If that fails, the invite is deleted again.
   * @throws InviteNotBound when Discord does not take or does not store for whom it is.
   */
  async createInvite(channelId: string, invite: NewInvite): Promise<APIInvite> {
    const created = await this.create<APIInvite>(
      'create an invite',
      Routes.channelInvites(channelId),
      inviteRequest(invite),
    ).catch((failure: unknown) => {
      if (invite.targetUserIds === undefined || !(failure instanceof DiscordFailure) || failure.status !== 400)
        throw failure;
      throw new InviteNotBound(failure.kind, failure.message, failure);
    });
    if (invite.targetUserIds !== undefined) {
      const jobStatus = `${Routes.invite(created.code)}/target-users/job-status` as const;
      try {
        await targetUsersReady(() => this.read('read the state of an invite', jobStatus));
      } catch (failure) {
        await this.deleteInvite(created.code, 'It could not be bound to its student').catch(() => 'left to expire');
        throw failure;
      }
    }
    return created;
  }

  /** False when it was used up, has expired or was deleted. */
  async inviteExists(code: string): Promise<boolean> {
    const found = this.read('read an invite', Routes.invite(code)).then(() => true);
    return orWhen([10006], false, found);
  }

  /** `gone`: used up, expired or deleted before. */
  async deleteInvite(code: string, reason: string): Promise<'deleted' | 'gone'> {
    const deleted = this.remove('take an invite back', Routes.invite(code), reason).then(() => 'deleted' as const);
    return orWhen([10006], 'gone', deleted);
  }

  /** Posts without pinging anybody. The same nonce is posted once only, within a few minutes. */
  async postMessage(
    channelId: string,
    { content, nonce }: { readonly content: string; readonly nonce: string },
  ): Promise<void> {
    await this.create('post a message', Routes.channelMessages(channelId), {
      body: { content, nonce, enforce_nonce: true, allowed_mentions: { parse: [] } },
    });
  }

  /** The conversation with a person, which nothing is written to yet. @returns its channel */
  async directChannel(userId: string): Promise<string> {
    const channel = await this.create<APIChannel>('open a direct message', Routes.userChannels(), {
      body: { recipient_id: userId },
    });
    return channel.id;
  }

  currentApplication(): Promise<APIApplication> {
    return this.read('read our application', Routes.currentApplication());
  }

  /** The bot itself. */
  currentUser(): Promise<APIUser> {
    return this.read('read who we are', Routes.user());
  }

  /** Those of these servers that the bot is in, at one call for 200 of the bot's servers at the most. */
  async guildsWithBot(wanted: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    const ids = wanted.map(BigInt).sort((a, b) => (a < b ? -1 : 1));
    const [first, last] = [ids[0], ids.at(-1)];
    if (first === undefined || last === undefined) return found;
    for (let after = first - 1n; after < last;) {
      const query = new URLSearchParams({ limit: String(GUILDS_PAGE), after: String(after) });
      const page = await this.read<{ id: string }[]>('list our servers', Routes.userGuilds(), query);
      for (const { id } of page) if (wanted.includes(id)) found.add(id);
      if (page.length < GUILDS_PAGE) break;
      after = page.reduce((highest, { id }) => (BigInt(id) > highest ? BigInt(id) : highest), after);
    }
    return found;
  }

  /** Where the gateway is, and how many sessions may still be started today. */
  gateway(): Promise<APIGatewayBotInfo> {
    return this.read("ask for the gateway's address", Routes.gatewayBot());
  }

  /** Whether Discord refuses the bot token, so that no calls are made. */
  get circuitState(): CircuitState {
    return this.http.circuitState;
  }

  /** Runs the work, which is about this server, and tells how many calls it made. */
  metered<Result>(guildId: string, work: () => Promise<Result>): Promise<{ result: Result; calls: number }> {
    return this.http.meter.metered(work, guildId);
  }

  /** Runs the work, whose calls are made in this manner. */
  within<Result>(manner: Manner, work: () => Promise<Result>): Promise<Result> {
    return this.http.manner.within(manner, work);
  }

  /** Runs the work, which makes no further call once the check throws; then it fails with that. */
  during<Result>(check: () => void, work: () => Promise<Result>): Promise<Result> {
    return this.http.permit.during(check, work);
  }

  private async read<Body>(
    intention: string,
    fullRoute: BotRequest['fullRoute'],
    query?: URLSearchParams,
  ): Promise<Body> {
    const { body } = await this.http.send({
      intention,
      method: RequestMethod.Get,
      fullRoute,
      ...(query === undefined ? {} : { query }),
    });
    return body as Body;
  }

  private async create<Body>(
    intention: string,
    fullRoute: BotRequest['fullRoute'],
    request: Pick<BotRequest, 'body' | 'files' | 'reason'>,
  ): Promise<Body> {
    const { body } = await this.http.send({ intention, method: RequestMethod.Post, fullRoute, ...request });
    return body as Body;
  }

  private async remove(intention: string, fullRoute: BotRequest['fullRoute'], reason: string): Promise<void> {
    await this.http.send({ intention, method: RequestMethod.Delete, fullRoute, reason: auditLogReason(reason) });
  }
}

/** The answer, or `instead` when Discord refused with one of these codes. */
async function orWhen<Answer, Instead>(
  codes: readonly number[],
  instead: Instead,
  answer: Promise<Answer>,
): Promise<Answer | Instead> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DiscordFailure && typeof error.code === 'number' && codes.includes(error.code)) return instead;
    throw error;
  }
}
