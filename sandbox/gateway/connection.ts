import { GatewayCloseCodes, GatewayOpcodes } from 'discord-api-types/v10';
import { type RawData, type WebSocket } from 'ws';
import {
  type Identify,
  identifyForm,
  type RequestMembers,
  requestMembersForm,
  type Resume,
  resumeForm,
} from './payloads';
import { type GatewaySession, type SessionConnection } from './session';

/** A client may send this many payloads a minute, and none larger than this. */
const PAYLOADS_PER_MINUTE = 120;
const MAX_PAYLOAD_BYTES = 4096;

/** The gateway, as its connections need it. */
export interface ConnectionHost {
  readonly heartbeatInterval: number;
  count(opcode: number): void;
  identify(connection: GatewayConnection, form: Identify): void;
  resume(connection: GatewayConnection, form: Resume): void;
  requestMembers(session: GatewaySession, request: RequestMembers): void;
  disconnected(connection: GatewayConnection, session: GatewaySession | null, code: number): void;
  later(callback: () => void, milliseconds: number): NodeJS.Timeout;
}

/** One WebSocket of a client: reads its payloads, watches its heartbeat, and answers with close codes as Discord does. */
export class GatewayConnection implements SessionConnection {
  private session: GatewaySession | null = null;
  private heartbeatTimer: NodeJS.Timeout | undefined;
  private windowStart = Date.now();
  private windowCount = 0;

  constructor(
    private readonly gateway: ConnectionHost,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('close', (code) => this.closed(code));
    // A broken frame is the client's mistake; ws closes the connection and `close` follows.
    socket.on('error', () => undefined);
    this.send({ op: GatewayOpcodes.Hello, d: { heartbeat_interval: gateway.heartbeatInterval, _trace: ['[]'] } });
    this.expectHeartbeat();
  }

  send(payload: unknown): void {
    this.sendText(JSON.stringify(payload));
  }

  sendText(text: string): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(text);
  }

  close(code: number, reason: string): void {
    clearTimeout(this.heartbeatTimer);
    this.socket.close(code, reason);
  }

  /** Cuts the connection without a word. */
  terminate(): void {
    clearTimeout(this.heartbeatTimer);
    this.socket.terminate();
  }

  /** Asks the client to reconnect and resume. */
  askToReconnect(): void {
    this.send({ op: GatewayOpcodes.Reconnect, d: null });
    // Clients close the connection themselves; one that does not is closed.
    this.gateway.later(() => this.close(GatewayCloseCodes.UnknownError, 'Reconnect'), 5_000);
  }

  attach(session: GatewaySession): void {
    this.session = session;
    session.connection = this;
  }

  /** Ends what this connection knows of its session, so that closing it leaves the session alone. */
  detach(): void {
    this.session = null;
  }

  private receive(data: RawData, isBinary: boolean): void {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    if (bytes.length > MAX_PAYLOAD_BYTES) {
      this.close(GatewayCloseCodes.DecodeError, 'Payload too large.');
      return;
    }
    if (!this.countPayload()) {
      this.close(GatewayCloseCodes.RateLimited, 'You are being rate limited.');
      return;
    }
    const payload = isBinary ? undefined : decode(bytes);
    if (payload === undefined) {
      this.close(GatewayCloseCodes.DecodeError, 'Error while decoding payload.');
      return;
    }
    this.handle(payload.op, payload.d);
  }

  private handle(op: number, d: unknown): void {
    this.gateway.count(op);
    switch (op) {
      case OP.heartbeat:
        if (typeof d === 'number') this.session?.acknowledge(d);
        this.expectHeartbeat();
        this.send({ op: GatewayOpcodes.HeartbeatAck });
        return;
      case OP.identify:
        this.identify(d);
        return;
      case OP.resume:
        this.resume(d);
        return;
      case OP.requestGuildMembers:
        this.withSession((session) => {
          const form = requestMembersForm.safeParse(d);
          if (form.success) this.gateway.requestMembers(session, form.data);
          else this.close(GatewayCloseCodes.DecodeError, 'Error while decoding payload.');
        });
        return;
      case OP.presenceUpdate:
      case OP.voiceStateUpdate:
      case OP.requestSoundboardSounds:
      case OP.requestChannelInfo:
        // Accepted and without effect: nobody is seen online or in voice here.
        this.withSession(() => undefined);
        return;
      default:
        this.close(GatewayCloseCodes.UnknownOpcode, 'Unknown opcode.');
    }
  }

  private identify(d: unknown): void {
    if (this.session !== null) {
      this.close(GatewayCloseCodes.AlreadyAuthenticated, 'Already authenticated.');
      return;
    }
    const form = identifyForm.safeParse(d);
    if (!form.success) {
      this.close(GatewayCloseCodes.DecodeError, 'Error while decoding payload.');
      return;
    }
    this.gateway.identify(this, form.data);
  }

  private resume(d: unknown): void {
    if (this.session !== null) {
      this.close(GatewayCloseCodes.AlreadyAuthenticated, 'Already authenticated.');
      return;
    }
    const form = resumeForm.safeParse(d);
    if (form.success) this.gateway.resume(this, form.data);
    else this.close(GatewayCloseCodes.DecodeError, 'Error while decoding payload.');
  }

  private withSession(action: (session: GatewaySession) => void): void {
    if (this.session === null) this.close(GatewayCloseCodes.NotAuthenticated, 'Not authenticated.');
    else action(this.session);
  }

  private countPayload(): boolean {
    const now = Date.now();
    if (now - this.windowStart >= 60_000) {
      this.windowStart = now;
      this.windowCount = 0;
    }
    this.windowCount += 1;
    return this.windowCount <= PAYLOADS_PER_MINUTE;
  }

  private expectHeartbeat(): void {
    clearTimeout(this.heartbeatTimer);
    // Half an interval of grace: the first heartbeat comes at a random moment of the interval, and networks are slow.
    this.heartbeatTimer = setTimeout(
      () => this.close(GatewayCloseCodes.SessionTimedOut, 'Session timed out.'),
      this.gateway.heartbeatInterval * 1.5,
    );
    this.heartbeatTimer.unref();
  }

  private closed(code: number): void {
    clearTimeout(this.heartbeatTimer);
    this.gateway.disconnected(this, this.session, code);
    this.session = null;
  }
}

/** What a client may send. */
const OP = {
  heartbeat: 1,
  identify: 2,
  presenceUpdate: 3,
  voiceStateUpdate: 4,
  resume: 6,
  requestGuildMembers: 8,
  requestSoundboardSounds: 31,
  requestChannelInfo: 43,
} as const;

function decode(bytes: Buffer): { op: number; d: unknown } | undefined {
  try {
    const value = JSON.parse(bytes.toString('utf8')) as unknown;
    if (typeof value !== 'object' || value === null || !('op' in value) || typeof value.op !== 'number')
      return undefined;
    return { op: value.op, d: 'd' in value ? value.d : undefined };
  } catch {
    return undefined;
  }
}
