import {
  managerToFetchingStrategyOptions,
  type SessionInfo,
  SimpleContextFetchingStrategy,
  SimpleShardingStrategy,
  type WebSocketManager,
  WebSocketShard,
  type WebSocketShardDestroyOptions,
  WebSocketShardEvents,
} from '@discordjs/ws';

/** How long a polite close may take before the sockets are cut, milliseconds. */
const POLITE = 1_000;

/** Shards of one attempt; once closed, none of them opens a connection any more. */
class Generation extends SimpleContextFetchingStrategy {
  private readonly ended = new AbortController();

  /** A shard asks this right before it opens a connection; a closed generation never answers. */
  override retrieveSessionInfo(shardId: number): Promise<SessionInfo | null> {
    return this.closed ? new Promise(() => undefined) : super.retrieveSessionInfo(shardId);
  }

  /** The same for a shard that is about to identify. */
  override async waitForIdentify(shardId: number, signal: AbortSignal): Promise<void> {
    try {
      await super.waitForIdentify(shardId, AbortSignal.any([signal, this.ended.signal]));
    } catch (error) {
      if (this.closed) return new Promise(() => undefined);
      throw error;
    }
  }

  get closed(): boolean {
    return this.ended.signal.aborted;
  }

  close(): void {
    this.ended.abort();
  }
}

/**
 * The library's simple way to run shards, but one that can be stopped at any moment.
 *
 * The library's own `destroy` comes too early or too late in three moments: a shard that is between two connections
 * (it waits 500 ms) connects again afterwards; a shard that waits for HELLO or READY takes the end of that wait for a
 * failure and reconnects; and a connection that is still being opened stays open. Each leaves a socket that keeps the
 * process alive, or a second session beside the next one.
 */
export class SupervisedShards extends SimpleShardingStrategy {
  private generation: Generation | undefined;
  private retired = false;

  constructor(private readonly owner: WebSocketManager) {
    super(owner);
  }

  /** From now on no shard is started any more, not even by an attempt that is on its way. */
  retire(): void {
    this.retired = true;
  }

  /** The library keeps to the number that it began with; Discord recommends more as the bot comes into more servers. */
  async resize(shards: number): Promise<void> {
    await this.owner.updateShardCount(shards);
  }

  override async spawn(shardIds: number[]): Promise<void> {
    if (this.retired) throw new Error('The process ends; no shards are started any more.');
    const generation = new Generation(this.owner, await managerToFetchingStrategyOptions(this.owner));
    this.generation = generation;
    // The manager's emit is typed per event; forwarding all of them has no such type.
    const manager = this.owner as unknown as { emit(event: string, payload: object): boolean };
    for (const shardId of shardIds) {
      const shard = new WebSocketShard(generation, shardId);
      for (const event of Object.values(WebSocketShardEvents)) {
        shard.on(event, (payload?: object) => {
          if (!generation.closed) manager.emit(event, { ...payload, shardId });
        });
      }
      this.running.set(shardId, shard);
    }
  }

  /** Closes every connection for good, within about a second. */
  override async destroy(options: Omit<WebSocketShardDestroyOptions, 'recover'> = {}): Promise<void> {
    const shards = [...this.running.values()];
    this.running.clear();
    this.generation?.close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, POLITE);
    });
    await Promise.race([Promise.allSettled(shards.map((shard) => shard.destroy(options))), late]);
    clearTimeout(timer);
    for (const shard of shards) cut(shard);
  }

  /** The library's own collection, so that what we inherit (connect, send, status) works on it. */
  private get running(): Map<number, WebSocketShard> {
    const shards: unknown = this['shards'];
    return shards as Map<number, WebSocketShard>;
  }
}

/** Ends a socket that is not closed yet, whatever state it is in. */
function cut(shard: WebSocketShard): void {
  const connection: unknown = shard['connection'];
  if (typeof connection !== 'object' || connection === null || !('terminate' in connection)) return;
  const socket = connection as { onerror: (() => void) | null; terminate(): void };
  // A socket that is terminated while it opens says so by an error, which nobody else listens for any more.
  socket.onerror = () => undefined;
  socket.terminate();
}
