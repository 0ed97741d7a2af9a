import { Injectable, Module } from '@nestjs/common';
import { type WebSocket } from 'ws';
import { type Caller } from '../common/caller';
import { type DomainError } from '../common/domain-error';
import { HealthModule } from '../telemetry/health.module';
import { ProcessMetrics } from '../telemetry/process-metrics';
import { limitExceeded, LIMITS } from './limits';

/** One WebSocket of somebody. */
interface HeldSocket {
  readonly socket: WebSocket;
  /** Closes it if whoever opened it may not use it any more. */
  readonly recheck: () => void;
}

/** The WebSockets that each person holds open in this process. The platform, which serves everybody, may hold any number. */
@Injectable()
export class OpenSockets {
  private readonly held = new Map<string, Set<HeldSocket>>();

  constructor(metrics: ProcessMetrics) {
    metrics.measure('graphql_websockets', 'Open WebSockets of people who have signed in.', () => {
      let open = 0;
      for (const sockets of this.held.values()) open += sockets.size;
      return open;
    });
  }

  /** Counts this one until it is closed. @returns the refusal when it would be one too many */
  claim(caller: Caller, one: HeldSocket): DomainError | null {
    const { socket } = one;
    // One that has gone meanwhile tells so no more.
    if (caller.role === 'SERVICE' || socket.readyState === socket.CLOSED) return null;
    const { userId } = caller;
    const held = this.held.get(userId) ?? new Set();
    if (held.size >= LIMITS.sockets)
      return limitExceeded('sockets', held.size + 1, 'Use one connection for many subscriptions.');
    this.held.set(userId, held.add(one));
    socket.once('close', () => {
      held.delete(one);
      if (held.size === 0 && this.held.get(userId) === held) this.held.delete(userId);
    });
    return null;
  }

  /** Somebody has signed out: theirs are asked at once whether they may still be used, instead of a little later. */
  recheck(userId: string): void {
    for (const { recheck } of this.held.get(userId) ?? []) recheck();
  }
}

@Module({ imports: [HealthModule], providers: [OpenSockets], exports: [OpenSockets] })
export class OpenSocketsModule {}
