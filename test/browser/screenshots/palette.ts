import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** More do not fit into a byte. */
const COLOURS = 256;
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** The same picture with a palette of its most frequent colours: less than half of the bytes, and no difference to be seen. */
export function withPalette(png: Buffer): Buffer {
  const { width, height, depth, rows } = decoded(png);
  const counts = new Map<number, number>();
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) {
    const colour = rows.readUIntBE(at * depth, 3);
    pixels[at] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const most = (weight: (colour: number, count: number) => number) =>
    [...counts]
      .map(([colour, count]) => [colour, weight(colour, count)] as const)
      .sort(([one, ones], [other, others]) => others - ones || one - other)
      .map(([colour]) => colour);
  // Half of them are for what is not grey: an icon has few pixels, and means something by its colour.
  const plain = most((_, count) => count).slice(0, COLOURS / 2);
  const palette = [...new Set([...plain, ...most((colour, count) => count * strengthOf(colour))])].slice(0, COLOURS);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const lines = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < pixels.length; at += 1) {
    const colour = pixels[at] ?? 0;
    let place = places.get(colour);
    if (place === undefined) places.set(colour, (place = nearest(palette, colour)));
    lines[at + Math.floor(at / width) + 1] = place;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** How far a colour is from grey. */
function strengthOf(colour: number): number {
  const parts = [colour >> 16, (colour >> 8) & 255, colour & 255];
  return Math.max(...parts) - Math.min(...parts);
}

function nearest(palette: readonly number[], colour: number): number {
  const distance = (other: number) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((other >> shift) & 255) - ((colour >> shift) & 255)) ** 2, 0);
  return palette.reduce((best, other, place) => (distance(other) < distance(palette[best] ?? 0) ? place : best), 0);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** What the browser writes: 8 bits a channel, with or without transparency, each row after a filter of its own. */
function decoded(png: Buffer): { width: number; height: number; depth: number; rows: Buffer } {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const depth = png[25] === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const filtered = inflateSync(Buffer.concat(parts));
  const stride = width * depth;
  const rows = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = filtered[row * (stride + 1)];
    for (let column = 0; column < stride; column += 1) {
      const at = row * stride + column;
      const left = column < depth ? 0 : (rows[at - depth] ?? 0);
      const above = row === 0 ? 0 : (rows[at - stride] ?? 0);
      const corner = row === 0 || column < depth ? 0 : (rows[at - stride - depth] ?? 0);
      rows[at] = (filtered[at + row + 1] ?? 0) + predicted(filter, left, above, corner);
    }
  }
  return { width, height, depth, rows };
}

/** PNG (third edition), 9.2. */
function predicted(filter: number | undefined, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const guess = left + above - corner;
      const [byLeft, byAbove, byCorner] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
      if (byLeft <= byAbove && byLeft <= byCorner) return left;
      return byAbove <= byCorner ? above : corner;
    }
    default:
      return 0;
  }
}
