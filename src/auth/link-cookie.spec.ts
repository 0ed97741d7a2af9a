import { linkCookie, readCookie, setCookieHeader } from './link-cookie';

const VALUE = 'v'.repeat(43);

describe('The cookie that binds a linking to its browser', () => {
  it('is out of reach of scripts, of other sites and, with https, of plain connections and sibling domains', () => {
    expect(setCookieHeader(linkCookie('https://discord.anycademy.test'), VALUE, 600)).toBe(
      `__Host-anycademy_discord_link=${VALUE}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure`,
    );
    expect(setCookieHeader(linkCookie('http://127.0.0.1:3000'), VALUE, 600)).toBe(
      `anycademy_discord_link=${VALUE}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax`,
    );
  });

  it('is found among others, and only in the form in which it was set', () => {
    const cookie = linkCookie('http://127.0.0.1:3000');
    expect(readCookie(cookie, `a=b; anycademy_discord_link=${VALUE}; c=d`)).toBe(VALUE);
    for (const header of [undefined, '', 'a=b', 'anycademy_discord_link=', `x_anycademy_discord_link=${VALUE}`]) {
      expect(readCookie(cookie, header)).toBeNull();
    }
    expect(readCookie(cookie, 'anycademy_discord_link=short')).toBeNull();
  });
});
