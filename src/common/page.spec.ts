import { DomainError } from './domain-error';
import { decodeCursor, encodeCursor, pageSize, toPage } from './page';

const ID = '00000000-0000-4000-8000-000000000001';

describe('a cursor', () => {
  it('is the sort key of the last node seen', () => {
    const key = ['2026-11-22 19:08:09.334153+00', ID];
    expect(decodeCursor(encodeCursor(...key), 'time', 'uuid')).toEqual(key);
    expect(decodeCursor(encodeCursor('Álgebra "I"', ID), 'text', 'uuid')).toEqual(['Álgebra "I"', ID]);
    expect(decodeCursor(encodeCursor(12), 'seq')).toEqual(['12']);
  });

  it.each([
    ['nonsense', 'not a cursor'],
    ['too few parts', encodeCursor(ID)],
    ['too many parts', encodeCursor('2026-11-22 19:08:09+00', ID, 1)],
    ['no time', encodeCursor('x', ID)],
    ['an impossible time', encodeCursor('2026-99-99 19:08:09+00', ID)],
    ['no id', encodeCursor('2026-11-22 19:08:09+00', 'y')],
    ['SQL', encodeCursor("2026-11-22 19:08:09+00'; --", ID)],
    ['an object', Buffer.from('{"0":1}').toString('base64url')],
    ['nested parts', Buffer.from('[["a"],["b"]]').toString('base64url')],
  ])('that was not made by us is refused: %s', (_, cursor) => {
    expect(() => decodeCursor(cursor, 'time', 'uuid')).toThrow(DomainError);
  });
});

describe('a page', () => {
  it('holds 50 nodes unless it is asked for another size between 1 and 200', () => {
    expect([pageSize(null), pageSize(undefined), pageSize(200)]).toEqual([50, 50, 200]);
    for (const size of [0, -1, 201, 1.5, Number.NaN]) expect(() => pageSize(size)).toThrow('between 1 and 200');
  });

  it('tells by one row more than it shows whether there is another one', () => {
    expect(toPage([1, 2, 3], 2, String)).toEqual({
      edges: [
        { cursor: '1', node: 1 },
        { cursor: '2', node: 2 },
      ],
      hasNextPage: true,
    });
    expect(toPage([1, 2], 2, String).hasNextPage).toBe(false);
  });
});
