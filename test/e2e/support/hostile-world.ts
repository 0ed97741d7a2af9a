import { SignJWT, UnsecuredJWT } from 'jose';
import { type AccessWorld } from './access-world';
import { type Service } from './service';

/** Sessions that are good when the requests begin; some of those end them. */
const SESSIONS = 60;

/** What hostile requests are made of, so that some of them get past the first check. */
export interface HostileWorld {
  /** Values of the header, good ones of every role and all kinds that are not good. */
  readonly tokens: readonly string[];
  /** Good ones. */
  readonly sessions: readonly string[];
  /** Whose pages may use a session. */
  readonly origin: string;
  /** A few that there are, and some that there are not. */
  readonly uuids: readonly string[];
  readonly snowflakes: readonly string[];
  /** Both. */
  readonly ids: readonly string[];
}

export async function hostileWorld(world: AccessWorld): Promise<HostileWorld> {
  const { service, room, otherRoom } = world;
  const good = Object.values(world.tokens).filter((token) => token !== null);
  const uuids = [
    ...['7c9e6679-7425-40de-944b-e07fc1f90ae7', '00000000-0000-0000-0000-000000000123'],
    ...[room.courseId, room.configId, room.instructorId, world.studentId, world.membershipId, world.runId, world.logId],
    ...[otherRoom.courseId, otherRoom.configId, world.otherStudentId],
  ];
  const snowflakes = ['123456789012345678', room.guildId, room.roleId, room.channelId, world.studentDiscordId];
  return {
    tokens: [...good, ...good, ...good, ...good, ...(await badTokens(service, world.studentId))].map(
      (token) => `Bearer ${token}`,
    ),
    sessions: await Promise.all(
      Array.from({ length: SESSIONS }, (_, index) => session(service, good[index % good.length] ?? '')),
    ),
    origin: service.config.publicUrl,
    uuids,
    snowflakes,
    ids: [...uuids, ...snowflakes],
  };
}

/** The value of the cookie for which a token is exchanged; without one, for the platform's own, nothing. */
async function session(service: Service, token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${service.url}/auth/session`, { method: 'POST', headers });
  return /=([^;]*)/.exec(response.headers.getSetCookie()[0] ?? '')?.[1] ?? '';
}

async function badTokens(service: Service, id: string): Promise<string[]> {
  const [header = '', payload = '', signature = ''] = (await service.token(id)).split('.');
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims: Record<string, unknown>[] = [
    ...[{ exp: 1 }, { exp: 'soon' }, { exp: 1e300 }, { nbf: 9_999_999_999 }, { sub: 'nobody' }, { role: 7 }],
    ...[{ app_metadata: [] }, { app_metadata: null }, { app_metadata: { role: 'student', x: '\ud800\u0000' } }],
    ...[{ user_metadata: { full_name: '\ud800' } }, { iss: '\u0000', aud: ['\udfff'] }],
  ];
  return [
    new UnsecuredJWT({ sub: id, role: 'service_role' }).setExpirationTime('1h').encode(),
    ...['none', 'None', 'HS384', 'RS256', 'ES256', 'PS256', '', 'dir'].map(
      (alg) => `${encode({ alg, typ: 'JWT' })}.${payload}.${signature}`,
    ),
    `${header}.${payload}.`,
    `${header}.${encode({ sub: id, role: 'service_role', exp: 9_999_999_999 })}.${signature}`,
    `${header}.${payload}`,
    `${header}.${payload}.${signature}.x.y`,
    `${'A'.repeat(6_000)}.${payload}.${signature}`,
    await new SignJWT({ role: 'service_role' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(id)
      .sign(Buffer.from('x'.repeat(32))),
    ...(await Promise.all(claims.map((each) => service.token(id, 'student', each).catch(() => 'x')))),
  ];
}
