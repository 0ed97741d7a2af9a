import { Inject, Injectable, Logger } from '@nestjs/common';
import { type APIGuildMember } from 'discord-api-types/v10';
import { Connections } from '../auth/connections';
import { CONFIG, type Config } from '../config/config';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { type AccountView } from './account-view';
import { AccountViews } from './account-views';
import { ABSENT, type AccountResult, AccountRun, MAX_STEPS } from './account-run';
import { type Account, type Seen } from './claim.policy';
import { decide, type Step } from './decide.policy';
import { type GuildFacts } from './guild-facts';
import { type GuildLease } from './guild-lease';
import { Intents } from './intents';
import { Marker } from './mark';
import { StudentInvites } from './student-invites';

/** Refusals that concern one person, and what is told of them. https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const REFUSALS: Readonly<Record<number, NonNullable<Account['refusal']>>> = {
  30001: 'GUILD_LIMIT_REACHED',
  340015: 'JOINING_LIMITED',
  40007: 'BANNED',
};
/** The access token is not (or no longer) good for this person, or the account is gone. */
const GRANT_DEAD = [50025, 50026, 10013];

/** Discord's answer to all that the bot's roles do not allow. */
const MISSING_PERMISSIONS = 50013;
/** The person is not in the server. */
const NO_MEMBER = 10007;

/** What stays the same while one server is worked on. */
export interface GuildWork {
  readonly guildId: string;
  readonly lease: GuildLease;
  /** Read while this work goes on. */
  facts(): Promise<GuildFacts>;
  /** The same, or what a comparison has read within the last minute. */
  recentFacts(): Promise<GuildFacts>;
  /** The steps for which Discord's limit is used up for now. */
  readonly exhausted: Map<Step['type'], DiscordFailure>;
}

/** Brings one account to what is desired, one Discord call after the other. */
@Injectable()
export class AccountWorker {
  private readonly logger = new Logger(AccountWorker.name);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly discord: DiscordRest,
    private readonly connections: Connections,
    private readonly views: AccountViews,
    private readonly invites: StudentInvites,
    private readonly intents: Intents,
    private readonly marker: Marker,
  ) {}

  /**
   * @throws DiscordFailure of the kind `process`, which concerns more than this account, or a rate limit before anything was
   * done for this account; and LeaseLost. Everything else is in the result; a failure of the kind `server` there means that no other account of the server can be served either.
   */
  async bring(view: AccountView, work: GuildWork): Promise<AccountResult> {
    const run = new AccountRun(view);
    for (let count = 0; count < MAX_STEPS; count += 1) {
      const decision = decide(run.claims, run.account, run.seen, new Date());
      if (decision.step === null) return run.result(decision.settlements, null);
      const isUntouched = run.effects.length === 0 && run.invite === null;
      const limit = work.exhausted.get(decision.step.type);
      if (limit && isUntouched) throw limit;
      try {
        await this.perform(decision.step, run, work);
      } catch (error) {
        if (!(error instanceof DiscordFailure)) throw error;
        if (error.changedNothing) run.undeclare();
        else run.gaveUp(new Date());
        if (error.isRateLimit) work.exhausted.set(decision.step.type, error);
        if (error.kind === 'process' || (error.isRateLimit && isUntouched)) {
          await this.intents.withdraw(work.lease, run);
          throw error;
        }
        const outOfReach = await this.roleOutOfReach(error, decision.step, work);
        if (outOfReach !== null) {
          run.cannotReach(outOfReach);
          continue;
        }
        if (error.kind === 'server') {
          await this.intents.refused(work.lease, run);
          return run.result(null, view.refusedBeforeWell ? error.asPersons() : error);
        }
        if (error.kind === 'person' && (await this.learn(error, decision.step, run, work))) continue;
        return run.result(null, error);
      }
    }
    this.logger.error(
      { guildId: work.guildId, steps: run.effects.map(({ step }) => step.type) },
      'an account did not come to rest',
    );
    return run.result(
      null,
      new DiscordFailure('transient', 'The account did not come to rest.', { status: null, code: null }),
    );
  }

  private async perform(step: Step, run: AccountRun, work: GuildWork): Promise<void> {
    const { guildId, lease } = work;
    const account = run.account.discordUserId;
    if (account === null) throw new Error('A step was decided for a student without an account.');
    if (step.type !== 'look' && step.type !== 'invite') {
      run.declare(step, new Date());
      await this.intents.declare(lease, run, step);
    }
    switch (step.type) {
      case 'look':
        run.sees(await this.lookUnlessFresh(account, run, work));
        if (run.seen.presence === 'absent') run.isGone();
        return;
      case 'add':
        return this.add(account, step.roleIds, run, work);
      case 'invite':
        return this.invite(account, step, run, work);
      case 'revoke-invite':
        return this.revokeInvite(step, run, work);
      case 'grant-role':
        await this.discord.addRole(guildId, account, step.roleId, 'Enrolled in the course');
        run.granted(step.roleId);
        run.effects.push({ step });
        return;
      case 'revoke-role':
        if (!(await this.isStillNext(step, run, work))) return;
        await this.discord.removeRole(guildId, account, step.roleId, 'No longer enrolled in the course');
        run.revoked(step.roleId);
        run.effects.push({ step });
        return;
      case 'kick':
        if (!(await this.isStillNext(step, run, work))) return;
        await this.discord.kick(guildId, account, 'No longer enrolled in the course');
        run.kicked();
        run.effects.push({ step });
        return;
    }
  }

  /** Where the bot is not in the server for now, the invite is taken back when it is there again. */
  private async revokeInvite(
    step: Extract<Step, { type: 'revoke-invite' }>,
    run: AccountRun,
    work: GuildWork,
  ): Promise<void> {
    try {
      run.takeBack(step.code, await this.discord.deleteInvite(step.code, 'Access to the course has ended'));
      run.effects.push({ step });
    } catch (error) {
      if (!(error instanceof DiscordFailure) || error.kind !== 'server') throw error;
      // This fails where it is the server; else the bot may not take back this invite, or does not see its channel.
      await work.facts();
      run.takeBack(step.code, 'refused');
      run.effects.push({ step, refusal: error });
    }
  }

  /** Whether somebody may be kicked follows from their roles: of a member whom a comparison has just read those are known. */
  private async lookUnlessFresh(account: string, run: AccountRun, work: GuildWork): Promise<Seen> {
    const { seen, view } = run;
    if (seen !== view.seen || seen.presence !== 'present' || !view.isFresh) return this.look(account, work);
    const facts = await work.recentFacts();
    if (!facts.knows(seen.roles)) return this.look(account, work);
    const { roles } = seen;
    return {
      ...seen,
      outOfReach: facts.outOfReach(roles),
      isProtected: facts.isProtected({ user: { id: account }, roles }),
    };
  }

  private async look(account: string, work: GuildWork): Promise<Seen> {
    const member = await this.discord.getMember(work.guildId, account);
    return member ? seenOf(member, await work.facts()) : ABSENT;
  }

  private async add(account: string, roleIds: readonly string[], run: AccountRun, work: GuildWork): Promise<void> {
    const userId = run.linkedUserId();
    const token = await this.connections.accessTokenFor(userId, run.refusedToken ?? undefined);
    if (
      token.kind === 'none' ||
      token.kind === 'no-grant' ||
      token.kind === 'dead' ||
      token.discordUserId !== account
    ) {
      run.account = { ...run.account, grant: token.kind === 'dead' ? 'dead' : 'no-grant' };
      run.undeclare();
      return;
    }
    if (token.kind === 'unavailable') {
      run.undeclare();
      throw new DiscordFailure('transient', 'The access token could not be refreshed just now.', {
        status: null,
        code: null,
        retryAfterMs: token.retryAfterMs,
      });
    }
    run.usedToken = token.accessToken;
    const begunAt = Date.now();
    const answer = await this.discord.addMember(work.guildId, account, { accessToken: token.accessToken, roleIds });
    run.answered();
    if (answer.added) {
      run.sees(seenOf(answer.member, null));
      run.added();
      run.effects.push({ step: { type: 'add', roleIds } });
      return;
    }
    // 204: was there already, by their own way or by this very call, whose first answer was lost. joined_at tells which.
    run.sees(await this.look(account, work));
    if (run.seen.joinedAt !== null && run.seen.joinedAt.getTime() >= begunAt) {
      run.added();
      run.effects.push({ step: { type: 'add', roleIds } });
    }
  }

  private async invite(
    account: string,
    step: Extract<Step, { type: 'invite' }>,
    run: AccountRun,
    work: GuildWork,
  ): Promise<void> {
    const row = run.view.rows.find((candidate) => candidate.id === step.membershipId);
    const chosenChannelId = row?.inviteChannelId ?? null;
    const { roleIds, ...invite } = await this.invites.create(work.guildId, chosenChannelId, account, step.roleIds);
    const link = `${this.config.discord.inviteUrl}/${invite.code}`;
    run.invite = { membershipId: step.membershipId, link, ...invite };
    run.invited(step.membershipId, invite, roleIds);
    run.effects.push({ step });
  }

  /**
   * What is desired, and what was seen, is read again at the last moment: somebody may have enrolled, or all been released, or
   * the person become an administrator, a second ago. Only who was seen otherwise costs one look more.
   */
  private async isStillNext(step: Step, run: AccountRun, work: GuildWork): Promise<boolean> {
    await this.reread(run, work);
    const next = decide(run.claims, run.account, run.seen, new Date()).step;
    const isNext = next?.type === step.type && !('roleId' in step && 'roleId' in next && next.roleId !== step.roleId);
    if (!isNext) run.undeclare();
    return isNext;
  }

  private async reread(run: AccountRun, work: GuildWork): Promise<void> {
    if (run.account.discordUserId !== null) await this.marker.createUnheard(work.guildId, run.account.discordUserId);
    const fresh = await this.views.ofMemberships(
      work.guildId,
      run.view.rows.map((row) => row.id),
    );
    const same = fresh.find((view) => view.account.discordUserId === run.account.discordUserId);
    // None: the configuration was deleted, and with it everything that was to be done.
    run.renew(same?.rows ?? [], same?.claims ?? []);
    if (same) run.observed(same);
  }

  /**
   * The role that Discord does not let us take away because the bot does not stand above it; null: it is something else.
   * That is no trouble of the server; where a course gives the role, the course's own check finds it out.
   */
  private async roleOutOfReach({ code }: DiscordFailure, step: Step, work: GuildWork): Promise<string | null> {
    if (step.type !== 'revoke-role' || code !== MISSING_PERMISSIONS) return null;
    try {
      return (await work.facts()).outOfReach([step.roleId])[0] ?? null;
    } catch (error) {
      if (error instanceof DiscordFailure) return null;
      throw error;
    }
  }

  /** Takes a lasting refusal into account; false when it is none that we know. */
  private async learn(failure: DiscordFailure, step: Step, run: AccountRun, work: GuildWork): Promise<boolean> {
    const code = typeof failure.code === 'number' ? failure.code : 0;
    if (code === NO_MEMBER && step.type === 'grant-role') return this.lookAgain(run, work);
    const refusal = REFUSALS[code];
    if (refusal) {
      run.account = { ...run.account, refusal };
      run.effects.push({ step, refusal: failure });
      return true;
    }
    if (!GRANT_DEAD.includes(code) || step.type !== 'add') return false;
    if (run.refusedToken === null) {
      // The stored token may have been cut short while its refresh token still lives: one refresh, then it is over.
      run.refusedToken = run.usedToken;
      return run.refusedToken !== null;
    }
    run.account = { ...run.account, grant: 'dead' };
    await this.connections.markRevoked(run.linkedUserId(), run.usedToken ?? undefined);
    return true;
  }

  /** What we knew of the person is out of date. Whoever was in, and is not any more by no doing of ours, has left. */
  private async lookAgain(run: AccountRun, work: GuildWork): Promise<boolean> {
    if (run.hasLookedAgain || run.account.discordUserId === null) return false;
    run.hasLookedAgain = true;
    run.sees(await this.look(run.account.discordUserId, work));
    if (run.seen.presence === 'absent') run.isGone();
    return true;
  }
}

/** @param facts null: of somebody who has just come in, with the roles that we gave. */
function seenOf(member: APIGuildMember, facts: GuildFacts | null): Seen {
  return {
    presence: 'present',
    roles: member.roles,
    outOfReach: facts?.outOfReach(member.roles) ?? [],
    joinedAt: member.joined_at === null ? null : new Date(member.joined_at),
    pending: member.pending ?? false,
    isProtected: facts?.isProtected(member) ?? null,
  };
}
