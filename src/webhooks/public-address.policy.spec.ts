import { isPublicAddress, problemOfUrl } from './public-address.policy';

describe('an address of the public internet', () => {
  it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001:80b::200e'])(
    'is %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    '127.0.0.1',
    '127.255.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:1.1.1.1',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    'localhost',
    '',
  ])('is not %s', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('a URL for events', () => {
  it.each(['https://learn.example.org/hooks?x=1', 'https://1.1.1.1:8443/'])('may be %s', (url) =>
    expect(problemOfUrl(url, false)).toBeNull(),
  );

  it.each([
    'http://learn.example.org/',
    'ftp://learn.example.org/',
    'file:///etc/passwd',
    'https://user:pass@learn.example.org/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://learn.example.org/#part',
    'learn.example.org',
  ])('may not be %s', (url) => expect(problemOfUrl(url, false)).not.toBeNull());

  it('may be private and without TLS where that is configured', () => {
    expect(problemOfUrl('http://127.0.0.1:4000/hooks', true)).toBeNull();
    expect(problemOfUrl('ftp://127.0.0.1/', true)).not.toBeNull();
  });
});
