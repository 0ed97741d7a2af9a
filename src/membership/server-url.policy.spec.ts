import { serverUrl } from './server-url.policy';

it('opens a server in Discord, or the page of the local one', () => {
  expect(serverUrl('https://discord.gg', '123')).toBe('https://discord.com/channels/123');
  expect(serverUrl('http://127.0.0.1:4000/invite', '123')).toBe('http://127.0.0.1:4000/');
});
