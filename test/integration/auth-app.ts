import { type AddressInfo } from 'node:net';
import { type INestApplication, Global, Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { SignJWT } from 'jose';
import { SANDBOX_CREDENTIALS } from '../../sandbox/credentials';
import { AuditLogModule } from '../../src/audit-log/audit-log.module';
import { AuthModule } from '../../src/auth/auth.module';
import { CONFIG, type Config, type DatabaseConfig, METRIC_TARGETS } from '../../src/config/config';
import { DatabaseModule } from '../../src/database/database.module';
import { DiscordApiModule } from '../../src/discord-api/discord-api.module';
import { GraphqlModule } from '../../src/graphql/graphql.module';
import { JobsModule } from '../../src/jobs/jobs.module';
import { PlatformModule } from '../../src/platform/platform.module';

export const JWT_SECRET = 'the-shared-secret-of-platform-and-service';
export const PUBLIC_URL = 'http://127.0.0.1:3000';
/** Where Discord sends people back to: the local Discord has to know it. */
export const REDIRECT_URI = `${PUBLIC_URL}/auth/discord/callback`;
export const FRONT_END = 'https://app.anycademy.test';

/** The service's configuration against a local Discord. */
export function configFor(database: DatabaseConfig, discordUrl: string, changes: Partial<Config> = {}): Config {
  return {
    production: false,
    roles: new Set(['api', 'worker']),
    port: 0,
    publicUrl: PUBLIC_URL,
    corsOrigins: [FRONT_END],
    introspection: true,
    rateLimit: { perMinute: 10_000, servicePerMinute: 10_000 },
    trustedProxies: [],
    logLevel: 'warn',
    database,
    discord: {
      ...SANDBOX_CREDENTIALS,
      redirectUri: REDIRECT_URI,
      apiUrl: `${discordUrl}/api`,
      oauthUrl: `${discordUrl}/api`,
      authorizeUrl: `${discordUrl}/oauth2/authorize`,
      developmentGuilds: [],
      timeoutMs: 15_000,
      inviteUrl: `${discordUrl}/invite`,
    },
    jwt: { secret: JWT_SECRET },
    encryptionKeys: [{ id: 'test', key: new Uint8Array(32).fill(7) }],
    enrollmentActiveStatuses: ['active', 'completed'],
    cleanup: { cron: '0 2 * * *', timeZone: 'UTC' },
    personRetentionDays: 90,
    metricTargets: METRIC_TARGETS,
    engagementMetrics: false,
    webhooks: { secrets: [], allowPrivate: true },
    demoPeople: [],
    ...changes,
  };
}

export interface AuthApp {
  readonly nest: INestApplication;
  readonly url: string;
  close(): Promise<void>;
}

/** The parts of the service that linking needs, listening on a free port. */
export async function startAuthApp(config: Config, more: Type[] = []): Promise<AuthApp> {
  @Global()
  @Module({ providers: [{ provide: CONFIG, useValue: config }], exports: [CONFIG] })
  class Foundations {}

  const testing = await Test.createTestingModule({
    imports: [
      Foundations,
      DatabaseModule.forRoot(),
      JobsModule,
      AuditLogModule,
      DiscordApiModule,
      PlatformModule,
      AuthModule,
      GraphqlModule,
      ...more,
    ],
  }).compile();
  const nest = testing.createNestApplication();
  nest.useLogger(['fatal']);
  await nest.listen(0, '127.0.0.1');
  const { port } = (nest.getHttpServer() as { address(): AddressInfo }).address();
  return { nest, url: `http://127.0.0.1:${port}`, close: () => nest.close() };
}

/** A token as the platform gives it to a signed-in person. */
export function platformToken(userId: string, role?: string, claims: Record<string, unknown> = {}): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 600;
  return new SignJWT({ sub: userId, role: 'authenticated', exp, ...(role && { app_metadata: { role } }), ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(JWT_SECRET));
}
