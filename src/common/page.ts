import { DomainError } from './domain-error';
import { isUuid } from './uuid';

/** The most nodes that one page may hold. */
export const MAX_PAGE_SIZE = 200;

const DEFAULT_PAGE_SIZE = 50;

/** A page of a keyset-paginated list: the nodes with their cursors, in the list's order. */
export interface Page<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly hasNextPage: boolean;
}

/**
 * What a list is asked for: `first` nodes after the one whose cursor is `after`. A cursor is the sort key of the last
 * node seen (its values as JSON, base64url), never an offset, so pages stay right while rows come and go.
 */
export interface PageArguments {
  readonly first: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** The size of a page; 50 when none is given. @throws DomainError BAD_USER_INPUT when `first` is not between 1 and {@link MAX_PAGE_SIZE}. */
export function pageSize(asked: number | null | undefined): number {
  const first = asked ?? DEFAULT_PAGE_SIZE;
  if (!Number.isInteger(first) || first < 1 || first > MAX_PAGE_SIZE) {
    throw new DomainError('BAD_USER_INPUT', `"first" must be between 1 and ${MAX_PAGE_SIZE}; it was ${first}.`);
  }
  return first;
}

export function encodeCursor(...key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** What a part of a sort key may be: anything else was not made by us. */
const KINDS = {
  text: () => true,
  uuid: isUuid,
  /** PostgreSQL's text of a timestamptz: 2026-11-22 19:08:09.334153+00. */
  time: (part: string) =>
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/.test(part) &&
    !Number.isNaN(Date.parse(part.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))),
  seq: (part: string) => /^\d{1,18}$/.test(part),
} as const satisfies Record<string, (part: string) => boolean>;

/**
 * The sort key that a cursor stands for.
 * @param kinds what the key's parts are, in order
 * @throws DomainError BAD_USER_INPUT when the cursor was not made by {@link encodeCursor} with such parts.
 */
export function decodeCursor(cursor: string, ...kinds: readonly (keyof typeof KINDS)[]): readonly string[] {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    key = undefined;
  }
  const parts = Array.isArray(key)
    ? key.filter((part) => typeof part === 'string' || typeof part === 'number').map(String)
    : [];
  if (parts.length !== kinds.length || !kinds.every((kind, index) => KINDS[kind](parts[index] ?? ''))) {
    throw new DomainError(
      'BAD_USER_INPUT',
      '"after" is not a cursor of this list. Use the endCursor of an earlier page.',
    );
  }
  return parts;
}

/** Cuts one page from `first + 1` fetched rows: the extra row only tells whether there is more. */
export function toPage<Node>(rows: readonly Node[], first: number, cursorOf: (row: Node) => string): Page<Node> {
  return {
    edges: rows.slice(0, first).map((node) => ({ cursor: cursorOf(node), node })),
    hasNextPage: rows.length > first,
  };
}
