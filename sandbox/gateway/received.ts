import { type Identify } from './payloads';

/** IDENTIFYs that are remembered. */
const REMEMBERED = 100;

/** An IDENTIFY as it came, without its token, and the code that it was closed with. */
interface IdentifyRecord {
  readonly intents: number;
  readonly shard: readonly number[] | null;
  readonly closedWith: number | null;
}

/** What clients have sent: how many payloads by their opcode, and the last IDENTIFYs. */
export class Received {
  payloads: Record<string, number> = {};
  identifies: IdentifyRecord[] = [];

  count(opcode: number): void {
    this.payloads[opcode] = (this.payloads[opcode] ?? 0) + 1;
  }

  identified({ intents, shard }: Pick<Identify, 'intents' | 'shard'>, closedWith: number | null): void {
    const record = { intents: intents ?? 0, shard: shard ?? null, closedWith };
    this.identifies = [...this.identifies, record].slice(-REMEMBERED);
  }

  forget(): void {
    this.payloads = {};
    this.identifies = [];
  }
}
