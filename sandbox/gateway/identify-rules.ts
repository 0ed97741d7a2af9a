import { ApplicationFlags, GatewayCloseCodes, GatewayIntentBits } from 'discord-api-types/v10';
import { type World } from '../world/world';
import { type Identify } from './payloads';

/** More servers than this need shards, so an unsharded IDENTIFY is refused with 4011. */
const MAX_GUILDS_PER_SHARD = 2500;

/** The gateway takes the token with and without `Bot`. */
export function isBotToken(world: World, token: string): boolean {
  return token.replace(/^Bot /, '') === world.application.botToken;
}

/** What is wrong with an IDENTIFY, as the code and reason to close with; undefined when it may come in. */
export function refuseIdentify(
  world: World,
  form: Pick<Identify, 'token' | 'intents' | 'shard'>,
): { code: number; reason: string } | undefined {
  if (!isBotToken(world, form.token)) {
    return { code: GatewayCloseCodes.AuthenticationFailed, reason: 'Authentication failed.' };
  }
  if (form.intents === undefined || (form.intents & ~ALL_INTENTS) !== 0) {
    return { code: GatewayCloseCodes.InvalidIntents, reason: 'Invalid intent(s).' };
  }
  const [id, count] = form.shard ?? [0, 1];
  if (form.shard?.length === 0 || form.shard?.length === 1 || id === undefined || count === undefined) {
    return { code: GatewayCloseCodes.InvalidShard, reason: 'Invalid shard.' };
  }
  if (count < 1 || id < 0 || id >= count) return { code: GatewayCloseCodes.InvalidShard, reason: 'Invalid shard.' };
  const guilds = [...world.guilds.values()].filter((guild) => world.isBotIn(guild)).length;
  if (guilds / count > MAX_GUILDS_PER_SHARD) {
    return { code: GatewayCloseCodes.ShardingRequired, reason: 'Sharding required.' };
  }
  for (const { intent, flags } of PRIVILEGED) {
    if ((form.intents & intent) !== 0 && (world.application.flags & flags) === 0) {
      return { code: GatewayCloseCodes.DisallowedIntents, reason: 'Disallowed intent(s).' };
    }
  }
  return undefined;
}

const ALL_INTENTS = Object.values(GatewayIntentBits).reduce<number>(
  (all, bit) => (typeof bit === 'number' ? all | bit : all),
  0,
);

const PRIVILEGED = [
  {
    intent: GatewayIntentBits.GuildMembers,
    flags: ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited,
  },
  {
    intent: GatewayIntentBits.GuildPresences,
    flags: ApplicationFlags.GatewayPresence | ApplicationFlags.GatewayPresenceLimited,
  },
  {
    intent: GatewayIntentBits.MessageContent,
    flags: ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited,
  },
] as const;
