import { Logger } from '@nestjs/common';
import { Client, type ClientOptions, Events } from 'discord.js';
import { GatewayDispatchEvents, type GatewayDispatchPayload } from 'discord-api-types/v10';
import { type BotHttp } from '../../discord-api/bot-http';
import { type DiscordRest } from '../../discord-api/discord-rest';
import { GatewayFailure, refusedConnection } from './gateway-failure';
import { type GatewayState } from './gateway-state';
import { IdentifyThrottler } from './identify-throttler';
import { GatewaySupervisor, type Supervised } from './gateway-supervisor';
import { type GatewayTiming } from './gateway-timing';
import { SupervisedShards } from './supervised-shards';

/** Discord lets further shards identify 5 s apart; with some slack, milliseconds. */
const PER_SHARD = 6_000;

/**
 * discord.js' client, connected in the background. necord awaits `login()` while the application starts, so with the
 * original a Discord that is down, or a wrong token, would take the API down with it. Here `login()` starts a supervisor
 * and returns.
 *
 * Every dispatch is also emitted under its gateway name (`GUILD_MEMBER_REMOVE`) with the data as it came: discord.js'
 * own events are withheld for members that are not in its cache, and we cache none.
 */
export class GatewayClient extends Client implements Supervised {
  private readonly logger = new Logger('DiscordGateway');
  private readonly supervisor: GatewaySupervisor;
  private readonly shards: { current?: SupervisedShards };
  private readonly lostShards = new Map<number, NodeJS.Timeout>();
  private botToken = '';
  private loggedIn = false;
  private opening = false;
  /** Ends the current connection: whoever noticed first says why. */
  private end: (failure: GatewayFailure) => void = () => undefined;

  constructor(
    options: ClientOptions,
    { rest }: BotHttp,
    private readonly discord: DiscordRest,
    private readonly state: GatewayState,
    private readonly timing: GatewayTiming,
  ) {
    const shards: { current?: SupervisedShards } = {};
    super({
      ...options,
      ws: {
        ...options.ws,
        buildStrategy: (manager) => (shards.current = new SupervisedShards(manager)),
        buildIdentifyThrottler: async (manager) => {
          const { session_start_limit: limit } = await manager.fetchGatewayInformation();
          return new IdentifyThrottler(limit.max_concurrency);
        },
      },
    });
    // One owner of the token's rate limits: ours, instead of the one that the library has just made for itself.
    this.rest.clearHashSweeper();
    this.rest.clearHandlerSweeper();
    this.rest = rest;
    this.shards = shards;
    this.supervisor = new GatewaySupervisor(this, state, timing);
    this.on(Events.Raw, (packet: GatewayDispatchPayload, shardId: number) => this.dispatched(packet, shardId));
    this.on(Events.ShardReconnecting, (shardId) => this.shardLost(shardId));
    this.on(Events.ShardDisconnect, ({ code }, shardId) => {
      const failure = refusedConnection(code);
      this.state.shardDown(shardId, failure.message);
      this.end(failure);
    });
    // Without a listener, an error in any event handler would end the process.
    this.on(Events.Error, (error) => this.logger.error(error));
    this.on(Events.ShardError, (error) => this.logger.warn(`A connection to the gateway failed: ${error.message}`));
  }

  /** Whether the bot was started; not whether it is connected: {@link GatewayState} knows that. */
  get started(): boolean {
    return this.loggedIn;
  }

  /** Starts to connect in the background, and returns at once. Without a token the bot stays away. */
  override login(token = ''): Promise<string> {
    this.loggedIn = true;
    this.botToken = token.replace(/^Bot\s+/i, '');
    if (this.botToken === '') {
      this.state.allDown('No bot token is configured. Set DISCORD_BOT_TOKEN to manage servers.');
      this.logger.warn(this.state.lastError);
    } else {
      this.supervisor.start();
    }
    return Promise.resolve(this.botToken);
  }

  /** Disconnects for good, within two seconds whatever state the connection is in. */
  override async destroy(): Promise<void> {
    this.loggedIn = false;
    this.shards.current?.retire();
    await this.supervisor.stop();
    await super.destroy();
    this.state.allDown('The process ends.');
  }

  async open(): Promise<{ readonly lost: Promise<GatewayFailure> }> {
    const lost = new Promise<GatewayFailure>((resolve) => {
      this.end = resolve;
    });
    // Asked first by our own client: its answer tells a wrong token from an outage, and its circuit spares Discord calls.
    const { shards, session_start_limit: sessions } = await this.discord.gateway();
    if (sessions.remaining < shards) {
      throw new GatewayFailure(
        `Discord starts no more than ${sessions.total} sessions a day and ${sessions.remaining} are left; we need ${shards}.`,
        sessions.reset_after,
      );
    }
    if (!this.supervisor.active) throw new GatewayFailure('The process ends.', 'soon');
    this.state.expect(shards);
    this.opening = true;
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<GatewayFailure>((resolve) => {
        const patience = this.timing.attempt + (shards - 1) * PER_SHARD;
        const failure = new GatewayFailure(`The gateway did not become ready within ${patience / 1000} s.`, 'soon');
        timer = setTimeout(() => resolve(failure), patience);
      });
      const failure = await Promise.race([this.connect(shards), lost, late]);
      if (failure !== undefined) throw failure;
      return { lost };
    } finally {
      this.opening = false;
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    for (const timer of this.lostShards.values()) clearTimeout(timer);
    this.lostShards.clear();
    await this.shards.current?.destroy();
  }

  /** What discord.js' own login does, without the end of it: there, a failed login destroys the client for good. */
  private async connect(shards: number): Promise<undefined> {
    await this.shards.current?.resize(shards);
    this.token = this.botToken;
    this.rest.setToken(this.botToken);
    await this.ws['connect']();
  }

  private dispatched(packet: GatewayDispatchPayload, shardId: number): void {
    if (packet.t === GatewayDispatchEvents.Ready || packet.t === GatewayDispatchEvents.Resumed) {
      clearTimeout(this.lostShards.get(shardId));
      this.lostShards.delete(shardId);
      this.state.shardUp(shardId);
    }
    this.emit(packet.t as string, packet.d);
  }

  /** The library reconnects by itself, twice a second and for ever; after a while the supervisor takes over. */
  private shardLost(shardId: number): void {
    this.state.shardDown(shardId, 'The connection to the gateway was lost.');
    if (this.opening) {
      this.end(new GatewayFailure('The gateway closed the connection before it was ready.', 'soon'));
    } else if (!this.lostShards.has(shardId)) {
      const seconds = this.timing.reconnect / 1000;
      const failure = new GatewayFailure(`The gateway was lost and did not come back within ${seconds} s.`, 'soon');
      this.lostShards.set(
        shardId,
        setTimeout(() => this.end(failure), this.timing.reconnect),
      );
    }
  }
}
