import { Inject, Injectable } from '@nestjs/common';
import { picturesUrl } from '../auth/discord-account.policy';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config } from '../config/config';

/** How large a picture is asked for, pixels: pages show 48 at the most, on screens of twice the density. */
const SIZE = 96;

/** The largest picture that is passed on, and how much of them is kept, bytes. */
const MAX_BYTES = 256 * 1024;
const KEPT_BYTES = 16 * 1024 * 1024;

/** How long Discord may take, milliseconds. */
const TIMEOUT = 5_000;

const TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

export interface Picture {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Pictures of people and servers, fetched from Discord once and kept: no page ever asks another site for them. */
@Injectable()
export class Pictures {
  /** In the order of their use. */
  private readonly kept = new Map<string, Picture>();
  private readonly fetching = new Map<string, Promise<Picture>>();
  private keptBytes = 0;
  private readonly base: string;

  constructor(@Inject(CONFIG) config: Config) {
    this.base = picturesUrl(config.discord.authorizeUrl);
  }

  /**
   * @param name `avatars/<user>/<hash>` or `icons/<server>/<hash>`, checked already: it becomes a part of the address
   * @throws DomainError NOT_FOUND, DISCORD_UNAVAILABLE
   */
  async find(name: string): Promise<Picture> {
    const kept = this.kept.get(name);
    if (kept) {
      this.kept.delete(name);
      this.kept.set(name, kept);
      return kept;
    }
    let fetching = this.fetching.get(name);
    if (!fetching) {
      fetching = this.fetch(name).finally(() => this.fetching.delete(name));
      this.fetching.set(name, fetching);
    }
    return fetching;
  }

  private async fetch(name: string): Promise<Picture> {
    const response = await fetch(`${this.base}/${name}.png?size=${SIZE}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch(() => null);
    if (response === null || response.status >= 500)
      throw new DomainError('DISCORD_UNAVAILABLE', 'Discord did not give the picture. Try again later.');
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    if (!response.ok || !response.body || !TYPES.includes(type)) {
      await response.body?.cancel();
      throw new DomainError('NOT_FOUND', 'Discord has no such picture.');
    }
    const picture = { type, bytes: await readAtMost(response.body, MAX_BYTES) };
    this.keep(name, picture);
    return picture;
  }

  private keep(name: string, picture: Picture): void {
    this.kept.set(name, picture);
    this.keptBytes += picture.bytes.length;
    for (const [oldest, { bytes }] of this.kept) {
      if (this.keptBytes <= KEPT_BYTES) return;
      this.kept.delete(oldest);
      this.keptBytes -= bytes.length;
    }
  }
}

/** @throws DomainError NOT_FOUND as soon as there is more */
async function readAtMost(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) throw new DomainError('NOT_FOUND', 'The picture is too large to be shown.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
