type Piece = Readonly<Record<string, unknown>>;

/**
 * How many characters the names, descriptions and values of a command, its options and their choices have. Of a text
 * with translations the longest one counts.
 */
export function commandSize(piece: Piece): number {
  const value = piece['value'];
  const own =
    longest(piece['name'], piece['name_localizations']) +
    longest(piece['description'], piece['description_localizations']) +
    (typeof value === 'string' || typeof value === 'number' ? String(value).length : 0);
  const inside = [...piecesOf(piece['options']), ...piecesOf(piece['choices'])];
  return inside.reduce((sum, each) => sum + commandSize(each), own);
}

function longest(text: unknown, translations: unknown): number {
  const others = isPiece(translations) ? Object.values(translations) : [];
  return Math.max(...[text, ...others].map((each) => (typeof each === 'string' ? each.length : 0)));
}

function piecesOf(list: unknown): Piece[] {
  return Array.isArray(list) ? list.filter(isPiece) : [];
}

function isPiece(value: unknown): value is Piece {
  return typeof value === 'object' && value !== null;
}
