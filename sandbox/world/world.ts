import { ApplicationFlags } from 'discord-api-types/v10';
import { SANDBOX_CREDENTIALS, SANDBOX_PRIVATE_KEY } from '../credentials';
import { Files } from './files';
import {
  type Application,
  type Channel,
  type Command,
  type Guild,
  type Invite,
  type RoleConnection,
  type TokenPair,
  type User,
} from './model';
import { DEFAULT_RULES, type Rules } from './rules';

/** Something that happened and that gateway sessions may hear of. */
export interface DispatchEvent {
  readonly name: string;
  /** The server it happened in; null for direct messages and for what concerns the application itself. */
  readonly guild: Guild | null;
  /** The channel that the bot must be able to see. */
  readonly channel?: Channel;
  /** One of these intents must have been asked for; 0 = none is needed. */
  readonly intents: number;
  /** One of these permissions must be the bot's, in the channel when there is one. */
  readonly permissions?: bigint;
  /** The payload; built only when a session listens, and with its intents since they decide what may be read. */
  data(intents: number): unknown;
}

/** A change in an authorization that Discord tells the application's webhook of. */
interface ApplicationEvent {
  readonly type: 'APPLICATION_AUTHORIZED' | 'APPLICATION_DEAUTHORIZED';
  readonly data: Record<string, unknown>;
}

type Listener<T> = (event: T) => void;

/** Everything that the local Discord knows, and who wants to hear about changes. */
export class World {
  application: Application = newApplication();
  readonly users = new Map<string, User>();
  readonly guilds = new Map<string, Guild>();
  /** Channels of all servers and direct messages, since most routes name only the channel. */
  readonly channels = new Map<string, Channel>();
  readonly directChannels = new Map<string, Channel>();
  readonly invites = new Map<string, Invite>();
  /** By command id; `guildId` null = global. */
  readonly commands = new Map<string, Command>();
  readonly accessTokens = new Map<string, TokenPair>();
  readonly refreshTokens = new Map<string, TokenPair>();
  /** Linked roles: what the application said about a user, by user id. */
  readonly roleConnections = new Map<string, RoleConnection>();
  /** Servers that Discord cannot reach for a while: the gateway is silent about them. */
  readonly outages = new Set<string>();
  /** When new commands were made in the last 24 hours, by server id; global ones below `global`. */
  readonly commandCreations = new Map<string, number[]>();
  readonly files = new Files();
  /** The rules in force, which PUT /sandbox/limits changes. */
  rules: () => Rules = () => DEFAULT_RULES;
  /** Where the pages are, for addresses of attachments; known once the server listens. */
  url = '';

  private readonly dispatchListeners = new Set<Listener<DispatchEvent>>();
  private readonly changeListeners = new Set<() => void>();
  private readonly applicationListeners = new Set<Listener<ApplicationEvent>>();

  constructor() {
    this.users.set(this.application.botUserId, newBotUser(this.application));
  }

  get botUserId(): string {
    return this.application.botUserId;
  }

  /** Calls back for every gateway event. Returns the function that ends it. */
  onDispatch(listener: Listener<DispatchEvent>): () => void {
    this.dispatchListeners.add(listener);
    return () => this.dispatchListeners.delete(listener);
  }

  /** Calls back after every change of anything that is kept in the state file. */
  onChange(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  onApplicationEvent(listener: Listener<ApplicationEvent>): () => void {
    this.applicationListeners.add(listener);
    return () => this.applicationListeners.delete(listener);
  }

  dispatch(event: DispatchEvent): void {
    for (const listener of this.dispatchListeners) listener(event);
  }

  announce(event: ApplicationEvent): void {
    for (const listener of this.applicationListeners) listener(event);
  }

  changed(): void {
    for (const listener of this.changeListeners) listener();
  }

  isBotIn(guild: Guild): boolean {
    return guild.members.has(this.botUserId);
  }

  /** Throws when the id is unknown: for ids that the world itself has stored. */
  user(id: string): User {
    const user = this.users.get(id);
    if (user === undefined) throw new Error(`The local Discord has no user ${id}, although something refers to it.`);
    return user;
  }

  /** Throws when the id is unknown: for ids that the world itself has stored. */
  guild(id: string): Guild {
    const guild = this.guilds.get(id);
    if (guild === undefined) throw new Error(`The local Discord has no server ${id}, although something refers to it.`);
    return guild;
  }

  /** Forgets everything but the application and its bot. */
  clear(): void {
    for (const map of [
      this.users,
      this.guilds,
      this.channels,
      this.directChannels,
      this.invites,
      this.commands,
      this.accessTokens,
      this.refreshTokens,
      this.roleConnections,
    ]) {
      map.clear();
    }
    this.files.clear();
    this.outages.clear();
    this.commandCreations.clear();
    this.application = newApplication();
    this.users.set(this.application.botUserId, newBotUser(this.application));
  }
}

function newApplication(): Application {
  return {
    id: SANDBOX_CREDENTIALS.clientId,
    botUserId: SANDBOX_CREDENTIALS.clientId,
    name: 'Local application',
    description: 'The application of the local Discord.',
    botToken: SANDBOX_CREDENTIALS.botToken,
    clientSecret: SANDBOX_CREDENTIALS.clientSecret,
    publicKey: SANDBOX_CREDENTIALS.publicKey,
    privateKey: SANDBOX_PRIVATE_KEY,
    // As a developer would have switched them on: members and message content, but not presences.
    flags: ApplicationFlags.GatewayGuildMembersLimited | ApplicationFlags.GatewayMessageContentLimited,
    ownerId: null,
    redirectUris: [],
    tags: [],
    interactionsEndpointUrl: null,
    roleConnectionsVerificationUrl: null,
    customInstallUrl: null,
    webhookEventsUrl: null,
    roleConnectionsMetadata: [],
  };
}

function newBotUser(application: Application): User {
  return {
    id: application.botUserId,
    username: 'local-bot',
    globalName: null,
    bot: true,
    dmsClosed: false,
    locale: 'en-US',
  };
}
