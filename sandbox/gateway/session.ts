import { randomBytes } from 'node:crypto';

/** Frames kept for RESUME. A session that missed more has to identify anew, as with Discord. */
const REPLAY_FRAMES = 20_000;

/** What a client asked for in IDENTIFY. */
interface SessionSettings {
  readonly intents: number;
  readonly shard: readonly [number, number] | null;
  readonly largeThreshold: number;
}

/** The WebSocket of a session, as the session needs it. */
export interface SessionConnection {
  sendText(text: string): void;
  /** Forgets the session, so that closing the connection leaves it alone. */
  detach(): void;
  close(code: number, reason: string): void;
  askToReconnect(): void;
  terminate(): void;
}

/** A gateway session: it outlives its connection, and keeps what was sent for a client that comes back. */
export class GatewaySession {
  readonly id = randomBytes(16).toString('hex');
  connection: SessionConnection | null = null;
  /** Ends the session when nobody resumes it. */
  expiry: NodeJS.Timeout | undefined;
  private sequence = 0;
  private frames: { sequence: number; text: string }[] = [];

  constructor(readonly settings: SessionSettings) {}

  get intents(): number {
    return this.settings.intents;
  }

  /** Whether the shard of this session is the one that hears of the server; direct messages go to shard 0. */
  hears(guildId: string | null): boolean {
    const shard = this.settings.shard;
    if (shard === null) return true;
    if (guildId === null) return shard[0] === 0;
    return (BigInt(guildId) >> 22n) % BigInt(shard[1]) === BigInt(shard[0]);
  }

  /** Sends an event, or keeps it for a client that is away. */
  dispatch(name: string, data: unknown): void {
    this.sequence += 1;
    const text = JSON.stringify({ op: 0, t: name, s: this.sequence, d: data });
    this.frames.push({ sequence: this.sequence, text });
    // In steps of a tenth, since removing from the front moves everything behind it.
    if (this.frames.length > REPLAY_FRAMES * 1.1) this.frames = this.frames.slice(-REPLAY_FRAMES);
    this.connection?.sendText(text);
  }

  /** Whether everything after this number is still known. */
  canReplayAfter(sequence: number): boolean {
    const oldest = this.frames[0]?.sequence ?? this.sequence + 1;
    return sequence <= this.sequence && sequence >= oldest - 1;
  }

  replayAfter(sequence: number): void {
    for (const frame of this.frames) if (frame.sequence > sequence) this.connection?.sendText(frame.text);
  }

  /** The client has told that it received everything up to this number. */
  acknowledge(sequence: number): void {
    const seen = this.frames.findIndex((frame) => frame.sequence > sequence);
    // A margin stays, for a client that resumes from a little earlier than it said.
    const surplus = (seen < 0 ? this.frames.length : seen) - 500;
    if (surplus > 0) this.frames.splice(0, surplus);
  }
}
