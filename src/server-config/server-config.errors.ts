import { DomainError } from '../common/domain-error';
import { type DiscordFailure, NO_BOT_TOKEN } from '../discord-api/discord-failure';
import { failedChecks } from './preflight.policy';
import { type PreflightCheck } from './preflight-check';

/** What a preflight found, as far as it decides whether to go on. */
interface Checked {
  readonly checks: readonly PreflightCheck[];
  /** Null when the bot is not in the server. */
  readonly guildName: string | null;
}

/** The service runs without a bot, so that no server can be managed. */
export function withoutBot(): DomainError {
  return new DomainError(
    'SERVER_NOT_READY',
    'This service runs without a Discord bot, so it cannot manage servers. Give the course an invite link instead, or ask whoever runs the service to set DISCORD_BOT_TOKEN.',
  );
}

/** What a caller is told when Discord could not be asked; the reason stays with us. */
export function unavailable(failure: DiscordFailure): DomainError {
  if (failure.code === NO_BOT_TOKEN) return withoutBot();
  return new DomainError(
    'DISCORD_UNAVAILABLE',
    'Discord could not be asked just now. Nothing was changed; try again in a minute.',
    failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs },
  );
}

/** The caller has to connect a Discord account, since Discord decides who manages a server. */
export function notLinked(): DomainError {
  return new DomainError(
    'NOT_LINKED',
    'Your Discord account is not connected. Connect it first, so that Discord can be asked whether you manage this server.',
  );
}

/**
 * The preflight, if nothing required failed.
 * @throws DomainError GUILD_NOT_MANAGED when the caller does not manage the server; SERVER_NOT_READY with
 *   `details.checks`, what is wrong and how to mend it, when the server lacks something.
 */
export function requireReady<Result extends Checked>(result: Result): Result & { readonly guildName: string } {
  const { guildName } = result;
  const failed = failedChecks(result.checks);
  const aboutViewer = failed.find((check) => check.id === 'VIEWER_MANAGES_GUILD');
  if (guildName !== null && aboutViewer) throw new DomainError('GUILD_NOT_MANAGED', aboutViewer.message);
  // Without the bot everything else waits for it: one thing to do is enough to read.
  const shown = guildName === null ? failed.filter((check) => check.id === 'BOT_PRESENT') : failed;
  if (guildName === null || failed.length > 0) {
    throw new DomainError(
      'SERVER_NOT_READY',
      `The server is not ready. ${shown.map((check) => check.message).join(' ')}`,
      {
        checks: failed.map(({ id, message }) => ({ id, message })),
      },
    );
  }
  return { ...result, guildName };
}

/** Discord says that the caller does not run this server. */
export function notManaged(): DomainError {
  return new DomainError(
    'GUILD_NOT_MANAGED',
    'You do not manage this server. Ask its owner for a role with “Manage Server” (Server settings → Roles → Permissions).',
  );
}
