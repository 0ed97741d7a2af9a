import { Injectable } from '@nestjs/common';
import { AuditLog, type NewLogEntry } from '../audit-log/audit-log';
import { type Caller, seesEverything } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { isUuid } from '../common/uuid';
import { Database } from '../database/database';
import { Courses } from '../platform/courses';
import { concealed, failedChecks } from './preflight.policy';
import { type PreflightCheck } from './preflight-check';
import { type Preflight, PreflightService } from './preflight.service';
import { notLinked, requireReady } from './server-config.errors';
import {
  changedSettings,
  DEFAULT_SETTINGS,
  needsPreflight,
  requireSnowflake,
  type ServerSettings,
  settingsDifference,
  type SettingsInput,
} from './server-config.policy';
import { type ServerConfigRow, ServerConfigs } from './server-configs';
import { ServerHealth } from './server-health';
import { type StoredReport } from './stored-report';

/** A server that passed its checks, and what is stored of them. */
interface ReadyServer extends Preflight {
  readonly guildName: string;
  readonly report: StoredReport;
}

/** Sets up which Discord server serves which course. Every change is allowed by the platform and by Discord, or refused. */
@Injectable()
export class ServerConfigService {
  constructor(
    private readonly database: Database,
    private readonly configs: ServerConfigs,
    private readonly courses: Courses,
    private readonly preflights: PreflightService,
    private readonly health: ServerHealth,
    private readonly log: AuditLog,
  ) {}

  /**
   * What a configuration would need, asked of Discord now. Somebody who does not manage the server learns only that.
   * @throws DomainError BAD_USER_INPUT, DISCORD_UNAVAILABLE
   */
  async preflight(
    caller: Caller,
    guildId: string,
    choice: Pick<SettingsInput, 'inviteChannelId' | 'studentRoleId'>,
  ): Promise<Preflight> {
    const settings = changedSettings(DEFAULT_SETTINGS, withoutNulls(choice));
    requireSnowflake('guildId', guildId);
    this.preflights.requireBot();
    const result = this.preflights.check(await this.preflights.look(guildId, caller), settings);
    const hidden = result.guildName !== null && failedChecks(result.checks).some(isAboutViewer);
    return hidden ? { ...result, checks: concealed(result.checks), channelId: null } : result;
  }

  /**
   * Connects a course with a server, once everything that the service needs there is in place.
   * @throws DomainError BAD_USER_INPUT; NOT_FOUND or FORBIDDEN for a course that is not the caller's; NOT_LINKED;
   *   GUILD_NOT_MANAGED; SERVER_NOT_READY with the failed checks; CONFLICT; DISCORD_UNAVAILABLE
   */
  async create(caller: Caller, courseId: string, guildId: string, input: SettingsInput): Promise<ServerConfigRow> {
    const wanted = changedSettings(DEFAULT_SETTINGS, withoutNulls(input));
    requireSnowflake('guildId', guildId);
    const course = await this.courses.taughtBy(caller, courseId);
    const checked = await this.requirePreflight(caller, guildId, wanted);
    const settings = { ...wanted, inviteChannelId: checked.channelId };
    const id = await this.database.write(async (manager) => {
      await this.health.lock(manager, guildId, checked.guildName);
      const created = await this.configs.insert(manager, {
        courseId: course.id,
        courseTitle: course.title,
        instructorId: course.instructorId,
        guildId,
        guildName: checked.guildName,
        settings,
      });
      if (created === null) {
        throw new DomainError(
          'CONFLICT',
          `“${course.title}” is connected with “${checked.guildName}” already. Change that configuration instead.`,
        );
      }
      const details = { configId: created, settings: loggable(settings, Object.keys(settings)) };
      await this.log.append(manager, [entry(caller, 'config_create', course.id, guildId, details)]);
      await this.health.record(manager, guildId, checked.guildName, { [created]: checked.report });
      return created;
    });
    return this.configs.get(caller, id);
  }

  /**
   * Changes a configuration. Discord is asked only when the change concerns what it has to allow.
   * @throws DomainError as {@link create}
   */
  async update(caller: Caller, id: string, input: SettingsInput): Promise<ServerConfigRow> {
    const current = await this.configs.get(caller, id);
    if (current.endingRunId !== null) {
      throw new DomainError(
        'CONFLICT',
        `“${current.guildName}” is being disconnected from “${current.courseTitle}”. Cancel that run first.`,
      );
    }
    const wanted = changedSettings(current, input);
    const checked = needsPreflight(settingsDifference(current, wanted), wanted)
      ? await this.requirePreflight(caller, current.guildId, wanted)
      : null;
    const settings: ServerSettings = checked ? { ...wanted, inviteChannelId: checked.channelId } : wanted;
    const changed = settingsDifference(current, settings);
    if (changed.length === 0) return current;
    const name = checked?.guildName ?? current.guildName;
    await this.database.write(async (manager) => {
      await this.health.lock(manager, current.guildId, name);
      await this.configs.update(manager, id, settings, changed);
      const details = { configId: id, changed, before: loggable(current, changed), after: loggable(settings, changed) };
      await this.log.append(manager, [entry(caller, 'config_update', current.courseId, current.guildId, details)]);
      if (checked) await this.health.record(manager, current.guildId, name, { [id]: checked.report });
      // What was switched off may have been all that was wrong with the server.
      else if (changed.includes('isActive')) await this.health.schedule(manager, current.guildId, 0);
    });
    return this.configs.get(caller, id);
  }

  /** Asks Discord now and stores what it says. @throws DomainError NOT_FOUND, DISCORD_UNAVAILABLE */
  async recheck(caller: Caller, id: string): Promise<ServerConfigRow> {
    const { guildId } = await this.configs.get(caller, id);
    await this.health.recheck(guildId);
    return this.configs.get(caller, id);
  }

  /** @throws DomainError unless the caller manages the server and every required check passes. */
  private async requirePreflight(caller: Caller, guildId: string, settings: ServerSettings): Promise<ReadyServer> {
    this.preflights.requireBot();
    // Without an account there is nothing to ask Discord about the caller: refuse before any call.
    if (!seesEverything(caller) && (await this.preflights.accountOf(caller)) === null) throw notLinked();
    const look = await this.preflights.look(guildId, caller);
    const ready = requireReady(this.preflights.check(look, settings));
    return { ...ready, report: this.preflights.reportFor(look, settings) };
  }
}

function isAboutViewer(check: PreflightCheck): boolean {
  return check.id === 'VIEWER_MANAGES_GUILD';
}

/** For something new, null is as good as nothing said. */
function withoutNulls(input: SettingsInput): SettingsInput {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}

function entry(
  caller: Caller,
  action: 'config_create' | 'config_update',
  courseId: string,
  guildId: string,
  details: Readonly<Record<string, unknown>>,
): NewLogEntry {
  return { action, courseId, guildId, actorId: isUuid(caller.userId) ? caller.userId : null, details };
}

/** The values of some settings for the log, without what people wrote. */
function loggable(settings: ServerSettings, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name]) => names.includes(name) && name !== 'welcomeMessage' && name in DEFAULT_SETTINGS,
    ),
  );
}
