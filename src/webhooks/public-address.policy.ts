import { BlockList, isIP } from 'node:net';

/** What is not the public internet: https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** All of IPv6 but global unicast, and in that what leads to IPv4 by another name (6to4, Teredo) or is for documentation. */
const NOT_PUBLIC_V6 = ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** One for each family: a list of both would take every IPv4 address for the ::ffff:… that it also is. */
const BLOCKED = { ipv4: blockList('ipv4', NOT_PUBLIC_V4), ipv6: blockList('ipv6', NOT_PUBLIC_V6) };

function blockList(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}

/** Whether an IP address is one of the public internet. IPv4 in IPv6 (::ffff:…) is not: nobody needs to write it so. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const name = family === 6 ? 'ipv6' : 'ipv4';
  return !BLOCKED[name].check(address, name);
}

/** Why events cannot be delivered to this URL; null when they can. What its name resolves to is asked at each delivery. */
export function problemOfUrl(text: string, allowPrivate: boolean): string | null {
  if (!URL.canParse(text)) return 'It is not a URL.';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) return 'It must begin with https://.';
  if (url.username !== '' || url.password !== '') return 'It must hold no user name and no password.';
  if (url.hash !== '') return 'It must have no fragment (#…).';
  // The URL parser has written every spelling of an address (2130706433, 0x7f.1) in the usual one.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host))
    return 'Its address is not one of the public internet.';
  return null;
}
