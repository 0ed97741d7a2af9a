import { Inject, Injectable } from '@nestjs/common';
import { type Caller, seesEverything } from '../common/caller';
import { CONFIG, type Config } from '../config/config';
import { Database } from '../database/database';
import { effectiveChannel, obstaclesIn, preflight, preflightWithoutBot } from './preflight.policy';
import {
  type PreflightCheck,
  type PreflightChoice,
  type PreflightFacts,
  type PreflightViewer,
} from './preflight-check';
import { ServerInspector, type ServerSnapshot } from './server-inspector';
import { withoutBot } from './server-config.errors';
import { type StoredReport } from './stored-report';

/**
 * What the bot needs, and no more: Create Invite, Kick Members, View Channel, Send Messages, Manage Roles and View Audit
 * Log. https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
 */
export const BOT_PERMISSIONS = '268438659';

/** A server as it was found for somebody; `server` is null when the bot is not in it. */
export interface ServerLook {
  readonly guildId: string;
  /** Just before Discord was asked. */
  readonly askedAt: Date;
  readonly viewer: PreflightViewer;
  readonly found: ServerSnapshot | null;
}

/** What a look amounts to for one choice of channel, role and policy. */
export interface Preflight {
  readonly askedAt: Date;
  readonly checks: readonly PreflightCheck[];
  /** Null when the bot is not in the server. */
  readonly guildName: string | null;
  /** The channel that is used: the chosen one or, where none is chosen, the default. */
  readonly channelId: string | null;
}

/** Asks Discord what is missing before the service can work in a server. */
@Injectable()
export class PreflightService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly inspector: ServerInspector,
  ) {}

  /** @throws DomainError SERVER_NOT_READY when there is no bot that could ask anything. */
  requireBot(): void {
    if (this.config.discord.botToken === '') throw withoutBot();
  }

  /** The caller's linked Discord account; null when there is none. */
  async accountOf(caller: Caller): Promise<string | null> {
    const rows = await this.database.readAs(caller, (manager) =>
      manager.query<{ discord_user_id: string }[]>(
        'SELECT discord_user_id FROM user_discord_connections WHERE user_id = auth.uid()',
      ),
    );
    return rows[0]?.discord_user_id ?? null;
  }

  /**
   * Looks at a server for a caller, or for the service itself (null).
   * @throws DomainError DISCORD_UNAVAILABLE when Discord gives no usable answer.
   */
  async look(guildId: string, caller: Caller | null): Promise<ServerLook> {
    const exempt = caller === null || seesEverything(caller);
    const account = exempt ? null : await this.accountOf(caller);
    const askedAt = new Date();
    const found = await this.inspector.look(guildId, account);
    return { guildId, askedAt, viewer: viewerIn(found, caller, exempt, account), found };
  }

  /** What the look says about one choice; asks nobody. */
  check({ guildId, askedAt, viewer, found }: ServerLook, choice: PreflightChoice): Preflight {
    if (!found) {
      const checks = preflightWithoutBot(choice, viewer, this.installUrl(guildId));
      return { askedAt, checks, guildName: null, channelId: null };
    }
    const facts: PreflightFacts = { ...found, viewer };
    return {
      askedAt,
      checks: preflight(facts, choice),
      guildName: found.server.name,
      channelId: effectiveChannel(facts, choice.inviteChannelId)?.id ?? null,
    };
  }

  /** What is stored of a look: for everybody who reads it later, so without who asked. */
  reportFor(look: ServerLook, choice: PreflightChoice): StoredReport {
    const { checks } = this.check({ ...look, viewer: { kind: 'nobody' } }, choice);
    return { checkedAt: look.askedAt.toISOString(), checks, obstacles: obstaclesIn(checks) };
  }

  /**
   * Discord's own dialog that adds the bot to this server with the least permissions.
   * https://discord.com/developers/docs/topics/oauth2#bot-authorization-flow
   */
  installUrl(guildId: string): string {
    const { authorizeUrl, clientId } = this.config.discord;
    const parameters = `client_id=${clientId}&scope=bot%20applications.commands&permissions=${BOT_PERMISSIONS}&guild_id=${guildId}`;
    return `${authorizeUrl}?${parameters}`;
  }
}

function viewerIn(
  found: ServerSnapshot | null,
  caller: Caller | null,
  exempt: boolean,
  account: string | null,
): PreflightViewer {
  if (caller === null) return { kind: 'nobody' };
  if (exempt) return { kind: 'exempt' };
  if (account === null) return { kind: 'not-linked' };
  return found?.person ? { kind: 'member', member: found.person } : { kind: 'not-member' };
}
