import { Kind, parseValue } from 'graphql';
import { parseInstant } from '../common/instant';
import { GraphQLDateTime, GraphQLJson, GraphQLSnowflake, GraphQLUuid } from './scalars';

describe('Snowflake', () => {
  it.each(['175928847299117063', '18446744073709551615'])('takes %s', (id) => {
    expect(GraphQLSnowflake.parseValue(id)).toBe(id);
  });

  it.each([1759288472991170, '', '12', '0175928847299117063', '18446744073709551616', 'abc', null, {}])(
    'refuses %p with a sentence',
    (value) => {
      expect(() => GraphQLSnowflake.parseValue(value)).toThrow(/^Snowflake must be a Discord id/);
    },
  );

  it('refuses a number in the document, where its last digits would still be right, for the same reason', () => {
    expect(() => GraphQLSnowflake.parseLiteral(parseValue('175928847299117063'), {})).toThrow(/written as a string/);
    expect(GraphQLSnowflake.parseLiteral({ kind: Kind.STRING, value: '175928847299117063' }, {})).toBe(
      '175928847299117063',
    );
  });
});

describe('UUID', () => {
  it('is given on in the lower case that PostgreSQL writes', () => {
    expect(GraphQLUuid.parseValue('7C9E6679-7425-40DE-944B-E07FC1F90AE7')).toBe('7c9e6679-7425-40de-944b-e07fc1f90ae7');
  });

  it.each(['', '7c9e6679', "7c9e6679-7425-40de-944b-e07fc1f90ae7'", 5])('refuses %p', (value) => {
    expect(() => GraphQLUuid.parseValue(value)).toThrow(/UUID must be an RFC 4122 identifier/);
  });
});

describe('DateTime', () => {
  it.each([
    ['2026-01-31T17:00:00Z', '2026-01-31T17:00:00.000Z'],
    ['2026-01-31T17:00:00.123456Z', '2026-01-31T17:00:00.123Z'],
    ['2026-02-01T00:00:00+07:00', '2026-01-31T17:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('reads %s as %s', (text, utc) => {
    expect(GraphQLDateTime.serialize(GraphQLDateTime.parseValue(text))).toBe(utc);
  });

  it.each([
    '2026-01-31',
    '2026-01-31T17:00:00',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T17:00:00+20:00',
    '2026-01-31T17:00:00-23:00',
    `2026-01-31T17:00:00.${'1'.repeat(300)}Z`,
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    'now',
    '',
  ])('refuses %j: it names no instant', (text) => {
    expect(parseInstant(text)).toBeUndefined();
    expect(() => GraphQLDateTime.parseValue(text)).toThrow(/DateTime must be an ISO 8601 instant with its time zone/);
  });
});

describe('JSON', () => {
  it('takes literals with variables in them', () => {
    const literal = parseValue('{ a: [1, "two", null], b: true }');
    expect(GraphQLJson.parseLiteral(literal, {})).toEqual({ a: [1, 'two', null], b: true });
  });
});
