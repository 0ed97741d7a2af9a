import { type IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { normalizeIp } from '@nestjs/throttler';

/** Whose `X-Forwarded-For` is believed: addresses and networks (`10.0.0.0/8`), as the environment names them. */
export function proxies(names: readonly string[]): BlockList {
  const list = new BlockList();
  for (const name of names) {
    const [address = '', bits] = name.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/**
 * The address that a request came from, past the proxies that are trusted: each of them has written down at the end of
 * `X-Forwarded-For` who called it, so the list is read backwards until somebody who is not trusted. Of IPv6 the network
 * of 64 bits, because one subscriber has all of its addresses.
 */
export function clientAddress(request: Pick<IncomingMessage, 'headers' | 'socket'>, trusted: BlockList): string {
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  let address = request.socket.remoteAddress ?? '';
  for (const hop of forwarded.map((text) => text.trim()).reverse()) {
    if (!isIP(address) || !trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') || !isIP(hop)) break;
    address = hop;
  }
  return normalizeIp(address);
}
