import { DomainError } from './domain-error';

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

/**
 * The sort key that a cursor stands for.
 * @throws DomainError BAD_USER_INPUT when the cursor was not made by {@link encodeCursor} with `length` values.
 */
export function decodeCursor(cursor: string, length: number): readonly string[] {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    key = undefined;
  }
  if (
    !Array.isArray(key) ||
    key.length !== length ||
    !key.every((part) => ['string', 'number'].includes(typeof part))
  ) {
    throw new DomainError(
      'BAD_USER_INPUT',
      '"after" is not a cursor of this list. Use the endCursor of an earlier page.',
    );
  }
  return key.map(String);
}

/** Cuts one page from `first + 1` fetched rows: the extra row only tells whether there is more. */
export function toPage<Node>(rows: readonly Node[], first: number, cursorOf: (row: Node) => string): Page<Node> {
  return {
    edges: rows.slice(0, first).map((node) => ({ cursor: cursorOf(node), node })),
    hasNextPage: rows.length > first,
  };
}
