import { type APIUser } from 'discord-api-types/v10';
import { avatarsUrl, discordAccount } from './discord-account.policy';

const user = { id: '80351110224678912', username: 'nelly', discriminator: '0', global_name: 'Nelly', avatar: null };
const accountOf = (changes: Partial<APIUser>) => discordAccount({ ...user, ...changes }, 'https://cdn.test/avatars');

describe('What is kept of a Discord account', () => {
  it("today's names have no discriminator, older ones keep theirs", () => {
    expect(accountOf({}).discriminator).toBeNull();
    expect(accountOf({ discriminator: '1337' }).discriminator).toBe('1337');
  });

  it('moving pictures are GIFs, others PNGs, and some have none', () => {
    expect(accountOf({ avatar: 'a_8342' }).avatarUrl).toBe('https://cdn.test/avatars/80351110224678912/a_8342.gif');
    expect(accountOf({ avatar: '8342' }).avatarUrl).toBe('https://cdn.test/avatars/80351110224678912/8342.png');
    expect(accountOf({}).avatarUrl).toBeNull();
  });

  it("pictures come from Discord's CDN, or from the stand-in for Discord", () => {
    expect(avatarsUrl('https://discord.com/oauth2/authorize')).toBe('https://cdn.discordapp.com/avatars');
    expect(avatarsUrl('http://127.0.0.1:4000/oauth2/authorize')).toBe('http://127.0.0.1:4000/avatars');
  });
});
