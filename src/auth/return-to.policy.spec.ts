import { allowedReturnTo, withOutcome } from './return-to.policy';

const PUBLIC = 'https://discord.anycademy.test';
const FRONT_END = 'https://app.anycademy.test';

describe('After linking, the browser returns', () => {
  it.each([
    ['/courses/1?tab=discord#top', `${PUBLIC}/courses/1?tab=discord#top`],
    ['/', `${PUBLIC}/`],
    [`${PUBLIC}/done`, `${PUBLIC}/done`],
    [`${FRONT_END}/me`, `${FRONT_END}/me`],
    ['HTTPS://APP.anycademy.test/me', `${FRONT_END}/me`],
  ])('to %s', (returnTo, url) => {
    expect(allowedReturnTo(returnTo, PUBLIC, [FRONT_END])).toBe(url);
  });

  it.each([
    '//evil.test/x',
    '/\\evil.test/x',
    '/\t/evil.test',
    '\\\\evil.test',
    'https://evil.test',
    'https://app.anycademy.test.evil.test',
    'https://app.anycademy.test@evil.test',
    'https://user:secret@app.anycademy.test',
    'http://app.anycademy.test',
    'https://app.anycademy.test:8443',
    'javascript:alert(1)',
    'data:text/html,x',
    'courses/1',
    '',
    ' /x',
    `/${'x'.repeat(2_000)}`,
  ])('never to %p', (returnTo) => {
    expect(() => allowedReturnTo(returnTo, PUBLIC, [FRONT_END, '*'])).toThrow(/"returnTo" must be/);
  });

  it('and is told what happened, whatever the address said before', () => {
    expect(withOutcome(`${FRONT_END}/me?tab=1&discord=x&code=OLD#a`, 'connected')).toBe(
      `${FRONT_END}/me?tab=1&discord=connected#a`,
    );
    expect(withOutcome(`${FRONT_END}/me`, 'error', 'CONFLICT')).toBe(`${FRONT_END}/me?discord=error&code=CONFLICT`);
  });
});
