import { type IncomingMessage } from 'node:http';
import { type Duplex } from 'node:stream';
import { GatewayCloseCodes, GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10';
import { WebSocketServer } from 'ws';
import { newBotToken } from '../bot-token';
import { gatewayGuildShape } from '../shapes/guild';
import { userShape } from '../shapes/user';
import { type DispatchEvent, type World } from '../world/world';
import { botMayHear } from './audience';
import { type ConnectionHost, GatewayConnection } from './connection';
import { isBotToken, refuseIdentify } from './identify-rules';
import { type Identify, type RequestMembers, type Resume } from './payloads';
import { Received } from './received';
import { MemberRequests } from './request-members';
import { GatewaySession, type SessionConnection } from './session';
import { IdentifyBudget, type IdentifyLimits } from './identify-budget';

/** How long a session waits for its client to come back. */
const RESUMABLE_MS = 5 * 60_000;
const DEFAULT_HEARTBEAT_INTERVAL = 41_250;

/** Gateway v10: connections, sessions, and who hears of which event. */
export class Gateway implements ConnectionHost {
  /** False = new connections are refused. */
  accepting = true;
  /** True = events are neither sent nor kept for a RESUME, as in Discord's worst hours. */
  losing = false;
  /** New connections wait this long. */
  delayMs = 0;
  heartbeatInterval = DEFAULT_HEARTBEAT_INTERVAL;
  readonly received = new Received();
  readonly identifyBudget: IdentifyBudget;
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  private readonly connections = new Set<GatewayConnection>();
  /** Connections for which `delayMs` has not passed yet. */
  private readonly waiting = new Set<Duplex>();
  private readonly sessions = new Map<string, GatewaySession>();
  private readonly memberRequests: MemberRequests;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly stopListening: () => void;

  constructor(
    private readonly world: World,
    private readonly url: () => string,
    limits: () => IdentifyLimits,
  ) {
    this.identifyBudget = new IdentifyBudget(limits);
    this.memberRequests = new MemberRequests(world);
    this.stopListening = world.onDispatch((event) => this.dispatch(event));
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  get waitingCount(): number {
    return this.waiting.size;
  }

  /** Takes over a connection that asks for a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Before ws listens for errors itself, a client that vanishes must not end the process.
    socket.on('error', () => socket.destroy());
    const accept = () => {
      if (!this.accepting) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
        // A frame that breaks while the connection is being refused is nobody's problem.
        webSocket.on('error', () => webSocket.terminate());
        const query = new URL(request.url ?? '/', 'ws://localhost').searchParams;
        const version = query.get('v') ?? '10';
        if (version !== '10' && version !== '9') {
          webSocket.close(GatewayCloseCodes.InvalidAPIVersion, 'Invalid API version.');
        } else if ((query.get('encoding') ?? 'json') !== 'json') {
          webSocket.close(GatewayCloseCodes.DecodeError, 'Only the json encoding is spoken here.');
        } else {
          this.connections.add(new GatewayConnection(this, webSocket));
        }
      });
    };
    if (this.delayMs === 0) {
      accept();
      return;
    }
    this.waiting.add(socket);
    this.later(() => {
      this.waiting.delete(socket);
      accept();
    }, this.delayMs);
  }

  count(opcode: number): void {
    this.received.count(opcode);
  }

  identify(connection: GatewayConnection, form: Identify): void {
    const refusal = refuseIdentify(this.world, form);
    this.received.identified(form, refusal?.code ?? null);
    if (refusal !== undefined) {
      connection.close(refusal.code, refusal.reason);
      return;
    }
    switch (this.identifyBudget.take()) {
      case 'too soon':
        connection.send({ op: GatewayOpcodes.InvalidSession, d: false });
        return;
      case 'exhausted':
        // Discord ends every session of the bot and gives it a new token, which its owner has to fetch.
        this.resetBotToken(newBotToken(this.world));
        return;
      case 'go':
    }
    const [shardId, shardCount] = form.shard ?? [];
    const session = new GatewaySession({
      intents: form.intents ?? 0,
      shard: shardId === undefined || shardCount === undefined ? null : [shardId, shardCount],
      largeThreshold: Math.min(Math.max(form.large_threshold ?? 50, 50), 250),
    });
    this.sessions.set(session.id, session);
    connection.attach(session);
    this.sendReady(session);
  }

  /** Continues a session where its client stopped hearing; op 9 when that is no longer possible. */
  resume(connection: GatewayConnection, form: Resume): void {
    if (!isBotToken(this.world, form.token)) {
      connection.close(GatewayCloseCodes.AuthenticationFailed, 'Authentication failed.');
      return;
    }
    const session = this.sessions.get(form.session_id);
    if (session === undefined) {
      connection.send({ op: GatewayOpcodes.InvalidSession, d: false });
      return;
    }
    const sequence = form.seq ?? 0;
    if (!session.canReplayAfter(sequence)) {
      this.endSession(session);
      connection.close(GatewayCloseCodes.InvalidSeq, 'Invalid seq.');
      return;
    }
    // The client may have noticed a broken connection before the server did.
    session.connection?.detach();
    session.connection?.terminate();
    this.cancel(session.expiry);
    connection.attach(session);
    session.replayAfter(sequence);
    session.dispatch('RESUMED', { _trace: ['[]'] });
  }

  requestMembers(session: GatewaySession, request: RequestMembers): void {
    this.memberRequests.answer(session, request);
  }

  /** A connection has ended. Its session stays for a while, unless the client said that it is done (1000, 1001). */
  disconnected(connection: GatewayConnection, session: GatewaySession | null, code: number): void {
    this.connections.delete(connection);
    if (session?.connection !== connection) return;
    session.connection = null;
    if (code === 1000 || code === 1001 || code === (GatewayCloseCodes.SessionTimedOut as number)) {
      this.endSession(session);
    } else {
      session.expiry = this.later(() => this.endSession(session), RESUMABLE_MS);
    }
  }

  /** Cuts every connection, or those of one shard. Sessions can be resumed unless that is excluded. */
  disconnect(options: {
    code?: number | undefined;
    shard?: number | undefined;
    resumable: boolean;
    reconnect: boolean;
  }): number {
    const { shard } = options;
    const sessions = [...this.sessions.values()].filter(
      ({ settings }) => shard === undefined || settings.shard?.[0] === shard,
    );
    const connections: SessionConnection[] =
      shard === undefined ? [...this.connections] : sessions.flatMap(({ connection }) => connection ?? []);
    if (!options.resumable) {
      for (const session of sessions) {
        session.connection?.detach();
        this.endSession(session);
      }
    }
    for (const connection of connections) {
      if (options.reconnect) connection.askToReconnect();
      else if (options.code === undefined) connection.terminate();
      else connection.close(options.code, 'Disconnected by the control API.');
    }
    return connections.length;
  }

  /** The old token is worth nothing from now on: every session ends, with 4004. */
  resetBotToken(token: string): void {
    this.world.application.botToken = token;
    this.disconnect({ code: GatewayCloseCodes.AuthenticationFailed, resumable: false, reconnect: false });
    this.world.changed();
  }

  /** Every setting and counter as it was when the local Discord started. */
  reset(): void {
    this.accepting = true;
    this.losing = false;
    this.delayMs = 0;
    this.heartbeatInterval = DEFAULT_HEARTBEAT_INTERVAL;
    this.received.forget();
    this.identifyBudget.reset();
    this.memberRequests.reset();
  }

  /** Ends all connections, sessions and timers. */
  close(): void {
    this.stopListening();
    for (const connection of this.connections) connection.terminate();
    for (const socket of this.waiting) socket.destroy();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.sessions.clear();
    this.sockets.close();
  }

  /** Runs something after a while, unless the gateway is closed before. */
  later(callback: () => void, milliseconds: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      callback();
    }, milliseconds);
    timer.unref();
    this.timers.add(timer);
    return timer;
  }

  private cancel(timer: NodeJS.Timeout | undefined): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    this.timers.delete(timer);
  }

  private endSession(session: GatewaySession): void {
    this.cancel(session.expiry);
    this.sessions.delete(session.id);
  }

  private sendReady(session: GatewaySession): void {
    const { world } = this;
    const guilds = [...world.guilds.values()].filter((guild) => world.isBotIn(guild) && session.hears(guild.id));
    session.dispatch('READY', {
      v: 10,
      user: { ...userShape(world.user(world.botUserId)), verified: true, mfa_enabled: false, email: null },
      user_settings: {},
      session_type: 'normal',
      session_id: session.id,
      resume_gateway_url: this.url(),
      relationships: [],
      private_channels: [],
      presences: [],
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      guild_join_requests: [],
      geo_ordered_rtc_regions: [],
      application: { id: world.application.id, flags: world.application.flags },
      _trace: ['[]'],
      ...(session.settings.shard === null ? {} : { shard: session.settings.shard }),
    });
    if ((session.intents & GatewayIntentBits.Guilds) === 0) return;
    const withPresences = (session.intents & GatewayIntentBits.GuildPresences) !== 0;
    for (const guild of guilds) {
      if (world.outages.has(guild.id)) continue;
      session.dispatch('GUILD_CREATE', gatewayGuildShape(world, guild, withPresences, session.settings.largeThreshold));
    }
  }

  private dispatch(event: DispatchEvent): void {
    if (this.losing || this.sessions.size === 0 || !botMayHear(this.world, event)) return;
    for (const session of this.sessions.values()) {
      if (event.intents !== 0 && (session.intents & event.intents) === 0) continue;
      if (!session.hears(event.guild?.id ?? null)) continue;
      session.dispatch(event.name, event.data(session.intents));
    }
  }
}
