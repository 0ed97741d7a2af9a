import { isLoopback, mayHandOff } from './hand-off.policy';

describe('Whose pages sign people in', () => {
  const may = (origin: string | undefined) =>
    mayHandOff(origin, 'https://discord.anycademy.test', ['https://app.anycademy.test', 'not a url']);

  it('is this service and the origins that are listed, and nobody who hides', () => {
    expect(may('https://app.anycademy.test')).toBe(true);
    expect(may('https://discord.anycademy.test')).toBe(true);
    for (const origin of [
      undefined,
      '',
      'null',
      'https://evil.test',
      'http://app.anycademy.test',
      'https://app.anycademy.test.evil.test',
      'https://app.anycademy.test:444',
    ])
      expect([origin, may(origin)]).toEqual([origin, false]);
  });
});

describe('This very machine', () => {
  it('is known by the address of the connection', () => {
    expect(['127.0.0.1', '127.4.5.6', '::1', '::ffff:127.0.0.1'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['10.0.0.1', '::ffff:10.0.0.1', '192.168.127.1', '127.0.0.1.evil', undefined].map(isLoopback)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
