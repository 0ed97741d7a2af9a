import { bearerToken } from './bearer';

describe('The Authorization header', () => {
  it('holds a bearer token, or is absent', () => {
    expect(bearerToken('Bearer a.b-c_d.e')).toBe('a.b-c_d.e');
    expect(bearerToken('bearer  a.b.c ')).toBe('a.b.c');
    expect(bearerToken(undefined)).toBeNull();
    expect(bearerToken('')).toBeNull();
  });

  it.each(['Basic abc', 'Bearer', 'Bearer ', 'Bearer a b', 'a.b.c'])('is refused when it is %p', (header) => {
    expect(() => bearerToken(header)).toThrow(/must read "Bearer <access token>"/);
  });
});
