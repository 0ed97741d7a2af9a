import { type IncomingMessage } from 'node:http';
import { clientAddress, proxies } from './client-address';

const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('the address of a caller', () => {
  const trusted = proxies(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);

  it.each<[string, string, string | undefined, string]>([
    ['is that of the connection', '203.0.113.7', undefined, '203.0.113.7'],
    ['is never what a stranger says', '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['is what a trusted proxy says', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['is what the last trusted proxy of several says', '127.0.0.1', '198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['is not what a stranger told a trusted proxy', '10.1.2.3', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
    ['is found behind an address that is written as IPv6', '::ffff:10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['is the proxy itself when it says nothing that is an address', '10.1.2.3', 'unknown', '10.1.2.3'],
    ['is a network in IPv6', '2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
    ['is a network in IPv6 behind a proxy', 'fd00::1', '2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ])('%s', (_what, remote, forwarded, expected) => {
    expect(clientAddress(request(remote, forwarded), trusted)).toBe(expected);
  });

  it('believes nobody unless it is told to', () => {
    expect(clientAddress(request('127.0.0.1', '198.51.100.1'), proxies([]))).toBe('127.0.0.1');
  });
});
