import { isOfOwnPage } from './own-page.policy';

const OWN = 'https://discord.anycademy.test';

describe('A request with the session cookie is of a page of this service', () => {
  it.each([
    ['POST', { origin: OWN }],
    ['WS', { origin: OWN }],
    ['POST', { 'apollo-require-preflight': 'true' }],
    ['POST', { 'x-apollo-operation-name': 'Viewer' }],
    ['GET', {}],
    ['GET', { 'sec-fetch-site': 'same-origin' }],
    ['GET', { 'sec-fetch-site': 'none' }],
  ])('%s with %j: yes', (method, headers) => {
    expect(isOfOwnPage(method, headers, OWN)).toBe(true);
  });

  it.each([
    ['POST', {}],
    ['POST', { origin: 'https://evil.test' }],
    ['POST', { origin: 'https://evil.test', 'apollo-require-preflight': 'true' }],
    ['POST', { origin: 'null', 'apollo-require-preflight': 'true' }],
    ['POST', { origin: 'https://sibling.anycademy.test' }],
    ['POST', { origin: 'http://discord.anycademy.test' }],
    ['POST', { origin: `${OWN}.evil.test` }],
    ['POST', { 'apollo-require-preflight': '' }],
    ['POST', { 'sec-fetch-site': 'same-site', 'content-type': 'application/json' }],
    ['DELETE', {}],
    ['GET', { 'sec-fetch-site': 'cross-site' }],
    ['GET', { 'sec-fetch-site': 'same-site' }],
    ['GET', { origin: 'https://evil.test' }],
    ['WS', {}],
    ['WS', { 'apollo-require-preflight': 'true' }],
    ['WS', { origin: 'https://evil.test' }],
  ])('%s with %j: no', (method, headers) => {
    expect(isOfOwnPage(method, headers, OWN)).toBe(false);
  });
});
