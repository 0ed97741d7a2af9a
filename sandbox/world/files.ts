/** An uploaded file. */
export interface KeptFile {
  readonly contentType: string;
  readonly bytes: Buffer;
}

const KEPT_BYTES = 64 * 1024 * 1024;

/** The bytes of attachments: in memory only, and the oldest go when there are too many. */
export class Files {
  private readonly byId = new Map<string, KeptFile>();
  private size = 0;

  get(id: string): KeptFile | undefined {
    return this.byId.get(id);
  }

  keep(id: string, { contentType, bytes }: KeptFile): void {
    this.byId.set(id, { contentType, bytes });
    this.size += bytes.length;
    for (const [oldest, file] of this.byId) {
      if (this.size <= KEPT_BYTES || oldest === id) break;
      this.byId.delete(oldest);
      this.size -= file.bytes.length;
    }
  }

  clear(): void {
    this.byId.clear();
    this.size = 0;
  }
}
