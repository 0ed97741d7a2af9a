import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { withClockAt } from '../../test/support/clock';
import { type Config } from '../config/config';
import { PlatformKeysUnavailable } from './platform-keys';
import { TokenVerifier } from './token-verifier';

const SECRET = 'a-shared-secret-of-the-platform-for-tests';
const USER = '11111111-1111-4111-8111-111111111111';

const configOf = (jwt: Config['jwt']): Config => ({ jwt }) as Config;
const secretOf = (secret: string) => new TextEncoder().encode(secret);
type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

function token(claims: Record<string, unknown> = {}, secret = SECRET, algorithm = 'HS256'): Promise<string> {
  return new SignJWT({ sub: USER, role: 'authenticated', exp: inSeconds(60), ...claims })
    .setProtectedHeader({ alg: algorithm })
    .sign(secretOf(secret));
}

describe('A caller with a token signed by the shared secret', () => {
  const verifier = new TokenVerifier(configOf({ secret: SECRET }));

  it.each([
    [{}, 'STUDENT'],
    [{ app_metadata: {} }, 'STUDENT'],
    [{ app_metadata: { role: 'student' } }, 'STUDENT'],
    [{ app_metadata: { role: 'instructor' } }, 'INSTRUCTOR'],
    [{ app_metadata: { role: 'admin' } }, 'ADMIN'],
    [{ role: 'service_role' }, 'SERVICE'],
  ])('with the claims %j is a %s', async (claims, role) => {
    const caller = await verifier.verify(await token(claims));
    expect(caller).toMatchObject({ userId: USER, role });
    expect(caller.claims).toMatchObject({ sub: USER });
    expect(caller.expiresAt).toBeGreaterThan(Date.now() / 1000);
  });

  it.each([
    ['expired', { exp: inSeconds(-11) }, /expired/],
    ['without an end', { exp: undefined }, /lacks the claim "exp"/],
    ['not valid yet', { nbf: inSeconds(60) }, /not valid yet/],
    ['without a subject', { sub: undefined }, /must be a UUID/],
    ['of no user', { sub: 'admin' }, /must be a UUID/],
    ['without a role', { role: undefined }, /"role" must be/],
    ['of an anonymous visitor', { role: 'anon' }, /"role" must be/],
    ['with an invented role', { app_metadata: { role: 'owner' } }, /app_metadata.role/],
    ['with a role of another kind', { app_metadata: { role: ['admin'] } }, /app_metadata.role/],
    ['with broken metadata', { app_metadata: 'admin' }, /app_metadata/],
  ])('is refused when it is %s', async (_, claims, sentence) => {
    await expect(verifier.verify(await token(claims))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringMatching(sentence) as string,
    });
  });

  it('is believed when the clocks differ by some seconds', async () => {
    const caller = await verifier.verify(await token({ exp: inSeconds(-5), nbf: inSeconds(5) }));
    // The guard looks at it again, later than this.
    expect(caller.expiresAt).toBeGreaterThan(Date.now() / 1000);
  });

  it('is refused when somebody else signed it, and the refusal does not repeat the token', async () => {
    const forged = await token({}, 'another-secret-of-at-least-thirty-two-bytes');
    const refused = verifier.verify(forged);
    await expect(refused).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining(forged) as string });
  });

  it('is refused without a signature (alg none), also when only the header says so', async () => {
    const unsecured = new UnsecuredJWT({ sub: USER, role: 'service_role', exp: inSeconds(60) }).encode();
    await expect(verifier.verify(unsecured)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const [, payload, signature] = (await token()).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    for (const forged of [`${header}.${payload}.${signature}`, `${header}.${payload}.`]) {
      await expect(verifier.verify(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  it('is refused with another hash of the same family', async () => {
    const other = await token({}, SECRET.repeat(2), 'HS512');
    await expect(verifier.verify(other)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each(['', 'x', 'a.b.c', 'a.b', `${'x'.repeat(9000)}.y.z`, '....'])('is refused when it is %p', async (text) => {
    await expect(verifier.verify(text)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('may name no user when it is the platform itself, and nobody else', async () => {
    const caller = await verifier.verify(await token({ sub: undefined, role: 'service_role' }));
    expect(caller).toMatchObject({ role: 'SERVICE', userId: '00000000-0000-0000-0000-000000000000' });
  });

  it('is refused when its claims were changed after signing', async () => {
    const [header, , signature] = (await token()).split('.');
    const claims = { sub: USER, role: 'service_role', exp: inSeconds(60) };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    await expect(verifier.verify(`${header}.${payload}.${signature}`)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });
});

describe('Issuer and audience', () => {
  const verifier = new TokenVerifier(configOf({ secret: SECRET, issuer: 'https://platform', audience: 'discord' }));

  it('are checked when they are configured', async () => {
    await expect(verifier.verify(await token({ iss: 'https://platform', aud: ['discord'] }))).resolves.toBeDefined();
    await expect(verifier.verify(await token({ iss: 'https://platform', aud: 'other' }))).rejects.toThrow(
      /another service/,
    );
    await expect(verifier.verify(await token({ iss: 'https://elsewhere', aud: 'discord' }))).rejects.toThrow(
      /somebody else/,
    );
    await expect(verifier.verify(await token({ aud: 'discord' }))).rejects.toThrow(/lacks the claim "iss"/);
  });
});

describe('A platform that publishes its keys', () => {
  let server: Server;
  let jwksUrl: string;
  /** What the platform publishes, and how often it was asked; 0 answers as a server does that is being restarted. */
  let published: object[] = [];
  let status = 200;
  let asked = 0;
  const pairs = new Map<string, KeyPair>();

  beforeAll(async () => {
    const keys: object[] = [];
    for (const algorithm of ['RS256', 'ES256', 'EdDSA']) {
      const pair = await generateKeyPair(algorithm, { extractable: true });
      pairs.set(algorithm, pair);
      keys.push({ ...(await exportJWK(pair.publicKey)), kid: algorithm, use: 'sig' });
    }
    published = keys;
    server = createServer((_, response) => {
      asked += 1;
      if (status === 0) response.destroy();
      else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: published }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  function pairOf(algorithm: string): KeyPair {
    const pair = pairs.get(algorithm);
    if (!pair) throw new Error(`No key pair for ${algorithm}`);
    return pair;
  }

  const signed = (algorithm: string, kid = algorithm, key = pairOf(algorithm).privateKey) =>
    new SignJWT({ sub: USER, role: 'authenticated', exp: inSeconds(3_600) })
      .setProtectedHeader({ alg: algorithm, kid })
      .sign(key);

  it.each(['RS256', 'ES256', 'EdDSA'])('is believed when it signs with %s', async (algorithm) => {
    const verifier = new TokenVerifier(configOf({ jwksUrl }));
    await expect(verifier.verify(await signed(algorithm))).resolves.toMatchObject({ userId: USER });
  });

  it('may have a shared secret as well', async () => {
    const verifier = new TokenVerifier(configOf({ secret: SECRET, jwksUrl }));
    await expect(verifier.verify(await token())).resolves.toMatchObject({ userId: USER });
    await expect(verifier.verify(await signed('ES256'))).resolves.toMatchObject({ userId: USER });
  });

  it('is not imitated by using its public key as a shared secret', async () => {
    const publicKey = pairOf('RS256').publicKey;
    const texts = [await exportSPKI(publicKey), JSON.stringify(await exportJWK(publicKey))];
    for (const secret of [undefined, SECRET]) {
      const verifier = new TokenVerifier(configOf({ jwksUrl, ...(secret && { secret }) }));
      for (const text of texts) {
        const forged = await new SignJWT({ sub: USER, role: 'service_role', exp: inSeconds(60) })
          .setProtectedHeader({ alg: 'HS256', kid: 'RS256' })
          .sign(secretOf(text));
        await expect(verifier.verify(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      }
    }
  });

  it('refuses a key that it did not publish, and a token that points to a key set of its own', async () => {
    const verifier = new TokenVerifier(configOf({ jwksUrl }));
    const own = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(own.publicKey);
    for (const header of [{ kid: 'ES256' }, { kid: 'mine' }, { jwk }, { jku: 'http://127.0.0.1:1/keys' }]) {
      const forged = await new SignJWT({ sub: USER, role: 'service_role', exp: inSeconds(60) })
        .setProtectedHeader({ alg: 'ES256', ...header })
        .sign(own.privateKey);
      await expect(verifier.verify(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  it('is not believed with an algorithm of another key, nor with one that is not accepted here', async () => {
    const verifier = new TokenVerifier(configOf({ jwksUrl, secret: SECRET }));
    const claims = { sub: USER, role: 'service_role', exp: inSeconds(60) };
    const foreign = await generateKeyPair('PS256', { extractable: true });
    const forged = [
      await new SignJWT(claims).setProtectedHeader({ alg: 'PS256', kid: 'RS256' }).sign(foreign.privateKey),
      // The right signature, under the name of another key.
      await signed('ES256', 'RS256'),
      new UnsecuredJWT(claims).encode(),
    ];
    for (const one of forged) await expect(verifier.verify(one)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is not believed about issuer, audience and time either when they are wrong', async () => {
    const verifier = new TokenVerifier(configOf({ jwksUrl, issuer: 'https://platform', audience: 'discord' }));
    const right = { sub: USER, role: 'authenticated', iss: 'https://platform', aud: 'discord', exp: inSeconds(60) };
    const of = (claims: object) =>
      new SignJWT({ ...right, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'ES256' })
        .sign(pairOf('ES256').privateKey);
    await expect(verifier.verify(await of({}))).resolves.toMatchObject({ userId: USER });
    for (const wrong of [{ iss: 'x' }, { aud: 'x' }, { exp: inSeconds(-11) }, { nbf: inSeconds(60) }]) {
      await expect(verifier.verify(await of(wrong))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  it('is asked once for many tokens, and again for a key that it publishes later', async () => {
    const verifier = new TokenVerifier(configOf({ jwksUrl }));
    const before = asked;
    const tokens = await Promise.all(['RS256', 'ES256', 'ES256'].map((algorithm) => signed(algorithm)));
    await Promise.all(tokens.map((one) => verifier.verify(one)));
    expect(asked - before).toBe(1);

    const rotated = await generateKeyPair('ES256', { extractable: true });
    const earlier = published;
    published = [{ ...(await exportJWK(rotated.publicKey)), kid: 'rotated', use: 'sig' }];
    try {
      await withClockAt(31_000, async () => {
        await expect(verifier.verify(await signed('ES256', 'rotated', rotated.privateKey))).resolves.toBeDefined();
        // What it no longer publishes is no longer good.
        await expect(verifier.verify(await signed('ES256'))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      });
    } finally {
      published = earlier;
    }
  });

  it.each([0, 503, 200])('that fails later (%i) is believed by the keys that it published', async (failure) => {
    const verifier = new TokenVerifier(configOf({ jwksUrl }));
    await verifier.verify(await signed('ES256'));
    const earlier = published;
    status = failure;
    // 200 with something that is no key set.
    if (failure === 200) published = [1] as never;
    try {
      await withClockAt(20 * 60_000, async () => {
        const before = asked;
        for (const algorithm of ['ES256', 'RS256', 'EdDSA'])
          await expect(verifier.verify(await signed(algorithm))).resolves.toMatchObject({ userId: USER });
        expect(asked - before).toBe(1);
        // Of a key that is not among them nobody can tell.
        await expect(verifier.verify(await signed('ES256', 'new'))).rejects.toBeInstanceOf(PlatformKeysUnavailable);
      });
    } finally {
      status = 200;
      published = earlier;
    }
    await withClockAt(21 * 60_000, () =>
      expect(signed('ES256').then((one) => verifier.verify(one))).resolves.toBeDefined(),
    );
  });

  it('that cannot be reached is not the fault of its callers', async () => {
    const verifier = new TokenVerifier(configOf({ jwksUrl: 'http://127.0.0.1:1/jwks.json' }));
    await expect(verifier.verify(await signed('ES256'))).rejects.toBeInstanceOf(PlatformKeysUnavailable);
  });
});
