import { DISCORD_INVITES, parseInviteUrl } from './invite-url.policy';

const LOCAL = 'http://127.0.0.1:4000/invite';

describe('an invite link', () => {
  it.each([
    ['https://discord.gg/abcDEF12', 'abcDEF12', 'https://discord.gg/abcDEF12'],
    ['  https://discord.gg/python  ', 'python', 'https://discord.gg/python'],
    ['https://discord.com/invite/a-b-c/', 'a-b-c', 'https://discord.com/invite/a-b-c'],
    ['https://discordapp.com/invite/abc?event=1#x', 'abc', 'https://discordapp.com/invite/abc'],
    ['https://WWW.Discord.com/invite/abc', 'abc', 'https://www.discord.com/invite/abc'],
  ])('of Discord is read: %s', (text, code, link) => {
    expect(parseInviteUrl(text, DISCORD_INVITES)).toEqual({ code, link, canBeAsked: true });
  });

  it.each([
    'abc',
    'discord.gg/abc',
    'http://discord.gg/abc',
    'https://discord.gg/',
    'https://discord.gg/abc/def',
    'https://discord.gg/a%2Fb',
    'https://discord.gg/..',
    'https://discord.gg/-abc',
    'https://discord.gg:8443/abc',
    'https://discord.com/abc',
    'https://discord.com/channels/1/2',
    'https://discord.gg.example.org/abc',
    'https://evil.example/discord.gg/abc',
    'https://discord.gg@evil.example/abc',
    'https://user:pass@discord.gg/abc',
    'javascript:alert(1)//discord.gg/abc',
    `https://discord.gg/${'a'.repeat(101)}`,
    `${LOCAL}/abc`,
  ])('is nothing else: %s', (text) => {
    expect(parseInviteUrl(text, DISCORD_INVITES)).toBeNull();
  });

  it("of a local Discord is its own page; Discord's cannot be asked there", () => {
    expect(parseInviteUrl(`${LOCAL}/abc`, LOCAL)).toEqual({ code: 'abc', link: `${LOCAL}/abc`, canBeAsked: true });
    expect(parseInviteUrl('http://127.0.0.1:4000/other/abc', LOCAL)).toBeNull();
    expect(parseInviteUrl('http://127.0.0.1:4001/invite/abc', LOCAL)).toBeNull();
    expect(parseInviteUrl('https://discord.gg/abc', LOCAL)).toMatchObject({ canBeAsked: false });
  });
});
