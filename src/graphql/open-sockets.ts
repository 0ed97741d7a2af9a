import { type WebSocket } from 'ws';
import { type Caller } from '../common/caller';
import { type DomainError } from '../common/domain-error';
import { limitExceeded, LIMITS } from './limits';

/** Counts the WebSockets that each person holds open in this process. The platform, which serves everybody, may hold any number. */
export class OpenSockets {
  private readonly held = new Map<string, number>();

  /** Counts this one until it is closed. @returns the refusal when it would be one too many */
  claim(caller: Caller, socket: WebSocket): DomainError | null {
    // One that has gone meanwhile tells so no more.
    if (caller.role === 'SERVICE' || socket.readyState === socket.CLOSED) return null;
    const { userId } = caller;
    const held = this.held.get(userId) ?? 0;
    if (held >= LIMITS.sockets) return limitExceeded('sockets', held + 1, 'Use one connection for many subscriptions.');
    this.held.set(userId, held + 1);
    socket.once('close', () => {
      const left = (this.held.get(userId) ?? 1) - 1;
      if (left > 0) this.held.set(userId, left);
      else this.held.delete(userId);
    });
    return null;
  }
}
