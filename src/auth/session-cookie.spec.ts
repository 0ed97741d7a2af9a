import { readSession, sessionCookie, setSessionHeader } from './session-cookie';

describe('The cookie of a session', () => {
  it('is out of reach of scripts and other sites and, with https, of plain connections and sibling domains', () => {
    expect(setSessionHeader(sessionCookie('https://discord.anycademy.test'), 'v', 600)).toBe(
      '__Host-anycademy_session=v; Path=/; Max-Age=600; HttpOnly; SameSite=Strict; Secure',
    );
    expect(setSessionHeader(sessionCookie('http://127.0.0.1:3000'), '', 0)).toBe(
      'anycademy_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict',
    );
  });

  it('is found among others; of two with its name none is believed', () => {
    const cookie = sessionCookie('http://127.0.0.1:3000');
    expect(readSession(cookie, 'a=b; anycademy_session=x.y=; c=d')).toBe('x.y=');
    for (const header of [undefined, '', 'a=b', 'x_anycademy_session=v'])
      expect(readSession(cookie, header)).toBeNull();
    expect(readSession(cookie, 'anycademy_session=mine; anycademy_session=planted')).toBe('');
  });
});
