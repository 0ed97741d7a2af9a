import { randomUUID } from 'node:crypto';
import { Controller, Get, Module } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { Allow, Public, SignedIn } from '../../src/common/access';
import { type Caller } from '../../src/common/caller';
import { CurrentCaller } from '../../src/auth/current-caller';
import { migratedDatabase, type MigratedDatabase } from '../support/migrated-database';
import { type AuthApp, configFor, platformToken, startAuthApp } from './auth-app';

@Controller('doors')
class Doors {
  @Get('open')
  @Public()
  open(): string {
    return 'open';
  }

  @Get('signed-in')
  @SignedIn()
  signedIn(@CurrentCaller() caller: Caller): string {
    return caller.role;
  }

  @Get('staff')
  @Allow('INSTRUCTOR', 'ADMIN', 'SERVICE')
  staff(): string {
    return 'staff';
  }

  @Get('forgotten')
  forgotten(): string {
    return 'nobody';
  }
}

@Resolver()
class GraphqlDoors {
  @Query(() => String)
  @Allow('ADMIN')
  admins(@CurrentCaller() caller: Caller): string {
    return caller.userId;
  }

  @Query(() => String)
  forgotten(): string {
    return 'nobody';
  }

  @Query(() => String)
  @Public()
  open(): string {
    return 'open';
  }
}

@Module({ controllers: [Doors], providers: [GraphqlDoors] })
class DoorsModule {}

describe('Who may pass', () => {
  let database: MigratedDatabase;
  let app: AuthApp;
  const tokens: Record<string, string> = {};
  const adminId = randomUUID();

  beforeAll(async () => {
    database = await migratedDatabase();
    const config = configFor(database.logins, 'http://127.0.0.1:1', { roles: new Set(['api']) });
    app = await startAuthApp(config, [DoorsModule]);
    for (const role of ['student', 'instructor']) tokens[role] = await platformToken(randomUUID(), role);
    tokens['admin'] = await platformToken(adminId, 'admin');
    tokens['service'] = await platformToken(randomUUID(), undefined, { role: 'service_role' });
    tokens['expired'] = await platformToken(randomUUID(), 'admin', { exp: 1 });
    tokens['garbage'] = 'garbage';
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const headers = (who: string | null): Record<string, string> =>
    who === null ? {} : { authorization: `Bearer ${tokens[who]}` };

  async function rest(door: string, who: string | null): Promise<number> {
    return (await fetch(`${app.url}/doors/${door}`, { headers: headers(who) })).status;
  }

  async function graphql(query: string, who: string | null) {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers(who) },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as {
      data?: Record<string, unknown>;
      errors?: { extensions: { code: string } }[];
    };
    return errors?.[0]?.extensions.code ?? data;
  }

  it.each([
    ['open', { nobody: 200, student: 200, garbage: 200 }],
    ['signed-in', { nobody: 401, student: 200, instructor: 200, admin: 200, service: 200, expired: 401, garbage: 401 }],
    ['staff', { nobody: 401, student: 403, instructor: 200, admin: 200, service: 200, expired: 401 }],
    ['forgotten', { nobody: 401, student: 403, instructor: 403, admin: 403, service: 403 }],
  ])('the door "%s" over REST', async (door, expected) => {
    for (const [who, status] of Object.entries(expected)) {
      expect([who, await rest(door, who === 'nobody' ? null : who)]).toEqual([who, status]);
    }
  });

  it('the same over GraphQL', async () => {
    expect(await graphql('{ open }', null)).toEqual({ open: 'open' });
    expect(await graphql('{ admins }', null)).toBe('UNAUTHENTICATED');
    expect(await graphql('{ admins }', 'garbage')).toBe('UNAUTHENTICATED');
    expect(await graphql('{ admins }', 'expired')).toBe('UNAUTHENTICATED');
    expect(await graphql('{ admins }', 'student')).toBe('FORBIDDEN');
    expect(await graphql('{ admins }', 'admin')).toEqual({ admins: adminId });
    expect(await graphql('{ forgotten }', 'admin')).toBe('FORBIDDEN');
  });

  it('the platform itself has no Discord account to link', async () => {
    expect(await graphql('mutation { unlinkDiscord }', 'service')).toBe('FORBIDDEN');
    expect(await graphql('{ viewer { role displayName discordConnection { id } } }', 'service')).toEqual({
      viewer: { role: 'SERVICE', displayName: null, discordConnection: null },
    });
  });

  it('an address that is not there is not found, signed in or not', async () => {
    expect(await rest('nowhere', null)).toBe(404);
  });
});
