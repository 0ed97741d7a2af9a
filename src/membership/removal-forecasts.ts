import { Injectable } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { type CourseRow, Courses } from '../platform/courses';
import { unavailable } from '../server-config/server-config.errors';
import { AccountViews } from './account-views';
import { sightOf } from './difference.policy';
import { GuildFactsReader } from './guild-facts';
import { type Membership } from './membership.model';
import { Memberships } from './memberships';
import { forecastRemoval, type RemovalForecast, type RemovalOutcome } from './removal-forecast.policy';
import { ServerTrouble } from './server-trouble';

/** What removing a student would do in one server of the course. */
export interface ServerForecast {
  readonly guildName: string;
  readonly outcome: RemovalOutcome;
  /** Of the courses that keep the student, those that the caller teaches; of others only that there are some. */
  readonly keptBy: readonly CourseRow[];
}

/** Tells what removing a student would do, by the reconciler's own rules and Discord's word, and changes nothing. */
@Injectable()
export class RemovalForecasts {
  constructor(
    private readonly courses: Courses,
    private readonly memberships: Memberships,
    private readonly views: AccountViews,
    private readonly facts: GuildFactsReader,
    private readonly discord: DiscordRest,
    private readonly trouble: ServerTrouble,
  ) {}

  /**
   * One for each server of the course in which the student has a place; at most three calls a server.
   * @throws DomainError NOT_FOUND, FORBIDDEN; NOT_ENROLLED for whoever has no place at all; DISCORD_UNAVAILABLE.
   */
  async of(caller: Caller, userId: string, courseId: string): Promise<ServerForecast[]> {
    await this.courses.taughtBy(caller, courseId);
    const memberships = await this.memberships.ofStudent(caller, userId, courseId);
    if (memberships.length === 0)
      throw new DomainError('NOT_ENROLLED', 'This student has no membership in this course.');
    const forecasts: ServerForecast[] = [];
    for (const membership of memberships) {
      const { outcome, keptBy } = await this.forecast(membership);
      const own = await this.courses.taughtAmong(caller, keptBy);
      forecasts.push({ guildName: membership.guildName, outcome, keptBy: [...own.values()] });
    }
    return forecasts;
  }

  private async forecast({ id, guildId }: Membership): Promise<RemovalForecast> {
    const now = new Date();
    const views = await this.views.ofMemberships(guildId, [id]);
    const isOfNow = (row: { id: string; linkedDiscordUserId: string | null }, account: string | null) =>
      row.id === id && row.linkedDiscordUserId === account;
    const view = views.find(({ rows, account }) => rows.some((row) => isOfNow(row, account.discordUserId)));
    const account = view?.account.discordUserId;
    if (!view || !account) return { outcome: 'ABSENT', keptBy: [] };
    // All work there waits until it is mended.
    if ((await this.trouble.of(guildId)) !== null) return { outcome: 'PAUSED', keptBy: [] };
    try {
      // Who is an administrator since a moment ago is not kicked either.
      const facts = await this.facts.read(guildId);
      const member = await this.discord.getMember(guildId, account);
      const { seen } = sightOf(view, new Map(member ? [[account, member]] : []), facts, now);
      return forecastRemoval(view, id, seen, facts, now);
    } catch (error) {
      if (!(error instanceof DiscordFailure)) throw error;
      if (error.kind === 'transient' || error.kind === 'process') throw unavailable(error);
      // The server refuses the bot: whatever is wanted waits until that is mended.
      return { outcome: 'PAUSED', keptBy: [] };
    }
  }
}
