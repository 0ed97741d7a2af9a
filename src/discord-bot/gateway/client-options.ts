import { GatewayIntentBits } from 'discord-api-types/v10';
import { type GuildMember, Options, type User } from 'discord.js';
import { type NecordModuleOptions } from 'necord';
import { type Config } from '../../config/config';

/** Ourselves, whose roles say what we may do in a server; nobody else is remembered. */
const onlyUs = { maxSize: 0, keepOverLimit: (one: GuildMember | User) => one.id === one.client.user.id };

/**
 * What the bot hears and remembers. Members are the database's business, so no cache of theirs grows with the servers;
 * servers, channels and roles stay cached because discord.js cannot do without them.
 */
export function clientOptions(config: Config): NecordModuleOptions {
  return {
    token: config.discord.botToken,
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMembers,
      GatewayIntentBits.GuildModeration,
      GatewayIntentBits.GuildInvites,
      // That somebody wrote. What they wrote would be GatewayIntentBits.MessageContent, which we never ask for.
      ...(config.engagementMetrics ? [GatewayIntentBits.GuildMessages] : []),
    ],
    shards: 'auto',
    // Commands are registered by CommandRegistration, which asks first what has changed.
    skipRegistration: true,
    // Only to make addresses: the calls are made by the client that all of the process shares.
    rest: { api: config.discord.apiUrl, version: '10' },
    makeCache: Options.cacheWithLimits({
      ApplicationCommandManager: 0,
      ApplicationEmojiManager: 0,
      AutoModerationRuleManager: 0,
      BaseGuildEmojiManager: 0,
      DMMessageManager: 0,
      EntitlementManager: 0,
      GuildBanManager: 0,
      GuildEmojiManager: 0,
      GuildForumThreadManager: 0,
      GuildInviteManager: 0,
      GuildMemberManager: onlyUs,
      GuildMessageManager: 0,
      GuildScheduledEventManager: 0,
      GuildStickerManager: 0,
      GuildTextThreadManager: 0,
      MessageManager: 0,
      PresenceManager: 0,
      ReactionManager: 0,
      ReactionUserManager: 0,
      StageInstanceManager: 0,
      ThreadManager: 0,
      ThreadMemberManager: 0,
      UserManager: onlyUs,
      VoiceStateManager: 0,
    }),
  };
}
