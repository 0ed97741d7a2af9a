import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const SIZE = 64;
const CELLS = 5;

/** A PNG of a mirrored pattern in a colour of its own, always the same for one id. */
export function picture(id: string): Buffer {
  const hash = createHash('sha256').update(id).digest();
  const colour = [...hash.subarray(0, 3)].map((byte) => 70 + (byte >> 1));
  const rows: Buffer[] = [];
  for (let y = 0; y < SIZE; y += 1) {
    const row = Buffer.alloc(1 + SIZE * 3);
    for (let x = 0; x < SIZE; x += 1) {
      const column = Math.min(cell(x), CELLS - 1 - cell(x));
      const isFilled = ((hash[3 + cell(y) * 3 + column] ?? 0) & 1) === 1;
      row.set(isFilled ? colour : [236, 238, 241], 1 + x * 3);
    }
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function cell(pixel: number): number {
  return Math.min(CELLS - 1, Math.floor((pixel * CELLS) / SIZE));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
