import { existsSync } from 'node:fs';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { AppModule } from './app.module';
import { TokenVault } from './auth/token-vault';
import { type Config } from './config/config';
import { EnvironmentError, readEnvironment } from './config/environment';
import { Database } from './database/database';
import { EmbeddedPostgresError } from './database/embedded-postgres.errors';
import { LIMITS } from './graphql/limits';
import { healthOnly } from './health-only';
import { documentApi } from './openapi/api-document';
import { ServerHealth } from './server-config/server-health';
import { banner } from './start/banner';
import { Demo } from './start/demo';
import { type Ground, prepareGround } from './start/local-parts';
import { StartError } from './start/start-error';
import { QuietStartLogger } from './telemetry/quiet-start';

/** How long the application may take to finish what it has in hand, and a stop in all, milliseconds. */
const DRAIN_WITHIN = 6_000;
const STOP_WITHIN = 9_500;

/** What a person can mend is told in a sentence; everything else with its stack. */
const EXPECTED = [EnvironmentError, EmbeddedPostgresError, StartError];

function isPortTaken(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
}

/** The Nest application of one process, not listening yet. */
export async function createApplication(config: Config): Promise<INestApplication> {
  const application = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config), {
    bufferLogs: true,
    // What is signed is the body as it was sent.
    rawBody: true,
  });
  application.useLogger(application.get(QuietStartLogger));
  // Over plain HTTP (a first try on this machine) a browser must not be sent to HTTPS.
  const tls = config.publicUrl.startsWith('https:');
  application.use(
    helmet(
      tls
        ? {}
        : { strictTransportSecurity: false, contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } },
    ),
  );
  if (!config.roles.has('api')) application.use(healthOnly);
  application.useBodyParser('json', { limit: LIMITS.bytes });
  if (config.corsOrigins.length > 0) application.enableCors({ origin: [...config.corsOrigins], credentials: true });
  documentApi(application, config.publicUrl);
  return application;
}

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const environment = readEnvironment(process.env);

  let ground: Ground | undefined;
  let application: INestApplication | undefined;
  let preparing: Promise<Ground> | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      const forced = setTimeout(() => process.exit(1), STOP_WITHIN);
      // Whatever is just being started has to be known before it can be stopped.
      ground ??= await preparing?.catch(() => undefined);
      // Whatever still waits (a call to Discord, a browser) is left behind: the database has to be stopped in time.
      await Promise.race([
        application?.close().catch((error: unknown) => console.error(error)),
        new Promise((resolve) => setTimeout(resolve, DRAIN_WITHIN).unref()),
      ]);
      await ground?.stop();
      clearTimeout(forced);
    })());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      console.log(`\n${signal}: stopping …`);
      void stop().then(() => process.exit(0));
    });
  }

  try {
    preparing = prepareGround(environment, (step) => console.log(`… ${step}`));
    ground = await preparing;
    if (stopping) return;
    const { config } = ground;
    console.log('… starting the service');
    application = await createApplication(config);
    await application.init();
    const demo = environment.demo && ground.localDiscord !== null;
    if (demo && ground.localDiscord) {
      await new Demo(config.database.ownerUrl, ground.localDiscord.url, {
        database: application.get(Database),
        vault: application.get(TokenVault, { strict: false }),
        health: application.get(ServerHealth, { strict: false }),
      }).seed();
    }
    await application.listen(config.port).catch((error: unknown) => {
      throw isPortTaken(error)
        ? new StartError(`Port ${config.port} is taken by another program. Stop that, or set PORT.`)
        : error;
    });
    console.log(
      await banner(config, {
        discordUrl: ground.localDiscord?.url ?? null,
        databaseIsEmbedded: ground.embedded !== null,
        demo,
        notes: ground.notes,
      }),
    );
  } catch (error) {
    // A stop that was asked for makes what is just being started fail; that is no error.
    if (stopping) return;
    await stop();
    throw error;
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(EXPECTED.some((expected) => error instanceof expected) ? `\n${(error as Error).message}\n` : error);
    process.exit(1);
  });
}
