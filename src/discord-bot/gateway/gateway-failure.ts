import { GatewayCloseCodes } from 'discord-api-types/v10';
import { DiscordFailure } from '../../discord-api/discord-failure';

/** Why there is no connection to the gateway, and when to try again. */
export class GatewayFailure extends Error {
  override readonly name = 'GatewayFailure';

  constructor(
    message: string,
    /** `soon`: with growing pauses. `refused`: only a person can change it. A number: after so many milliseconds. */
    readonly retry: 'soon' | 'refused' | number,
  ) {
    super(message);
  }
}

/** What the close codes mean after which Discord does not want us to reconnect, and who has to do what. */
const REFUSALS: ReadonlyMap<number, string> = new Map<number, string>([
  [GatewayCloseCodes.AuthenticationFailed, 'Discord does not accept the bot token. Check DISCORD_BOT_TOKEN.'],
  [GatewayCloseCodes.InvalidShard, 'Discord does not accept the shard that we announced.'],
  [GatewayCloseCodes.ShardingRequired, 'The bot is in too many servers for the number of shards that we announced.'],
  [GatewayCloseCodes.InvalidAPIVersion, 'Discord no longer serves this version of its gateway. Update the service.'],
  [GatewayCloseCodes.InvalidIntents, 'Discord does not know the intents that we asked for.'],
  [
    GatewayCloseCodes.DisallowedIntents,
    'The application may not see members. Switch on "Server Members Intent" under Bot in the Discord developer portal.',
  ],
]);

/** A connection that Discord closed for good. */
export function refusedConnection(code: number): GatewayFailure {
  const why = REFUSALS.get(code) ?? 'Discord closed the connection to the gateway for good.';
  return new GatewayFailure(`${why} (close code ${code})`, 'refused');
}

/** Whatever an attempt to connect ended with. */
export function asGatewayFailure(error: unknown): GatewayFailure {
  if (error instanceof GatewayFailure) return error;
  if (error instanceof DiscordFailure) {
    if (error.kind === 'process') return new GatewayFailure(error.message, 'refused');
    return new GatewayFailure(error.message, error.retryAfterMs ?? 'soon');
  }
  if (error instanceof Error && 'code' in error && error.code === 'TokenInvalid') {
    return new GatewayFailure('Discord does not accept the bot token. Check DISCORD_BOT_TOKEN.', 'refused');
  }
  const said = error instanceof Error ? error.message : String(error);
  return new GatewayFailure(`The gateway could not be reached: ${said}`, 'soon');
}
