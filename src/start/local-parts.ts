import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { type Config } from '../config/config';
import { type Environment } from '../config/environment';
import { parseEncryptionKeys } from '../config/secret-format';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../database/embedded-postgres';
import { setLoginPasswords, urlAs } from '../database/logins';
import { migrate } from '../database/migrate';
import { DEMO_CARDS } from './demo-cards';
import { joinLocalDiscord, type LocalDiscord } from './local-discord';
import { type LocalSecrets, localSecrets } from './secrets';

/** What a process stands on: its configuration, and the parts that were started for it. */
export interface Ground {
  readonly config: Config;
  readonly embedded: EmbeddedPostgres | null;
  readonly localDiscord: LocalDiscord | null;
  /** What a person should know: where data is kept, what was adopted. */
  readonly notes: readonly string[];
  /** Stops what was started, the database last. */
  stop(): Promise<void>;
}

/**
 * Starts what the environment does not name (outside production): PostgreSQL and the local Discord. Then migrates.
 * @param report told of each step, so that a person sees why they wait
 */
export async function prepareGround(environment: Environment, report: (step: string) => void): Promise<Ground> {
  const notes: string[] = [...environment.notices];
  const secrets = environment.production ? null : localSecrets(environment.dataDir);
  let embedded: EmbeddedPostgres | null = null;
  let localDiscord: LocalDiscord | null = null;
  const stop = async (): Promise<void> => {
    await localDiscord?.stop();
    await embedded?.stop();
  };
  try {
    if (!environment.database.ownerUrl) {
      report('starting PostgreSQL');
      embedded = await startEmbeddedPostgres({ dataDir: environment.dataDir });
      if (embedded.note) notes.push(embedded.note);
    }
    const ownerUrl = environment.database.ownerUrl ?? embedded?.url;
    if (ownerUrl === undefined) throw new Error('DATABASE_URL is missing.');
    report('migrating the database');
    await migrate(environment.database.directUrl ?? ownerUrl, {
      enrollmentActiveStatuses: environment.enrollmentActiveStatuses,
    });
    const database = await logins(environment, ownerUrl, secrets);

    if (environment.sandbox.enabled) {
      report('starting the local Discord');
      localDiscord = await joinLocalDiscord({
        port: environment.sandbox.port,
        stateFile: join(environment.dataDir, 'local-discord.json'),
        redirectUri: environment.discord.redirectUri,
        webhookEventsUrl: `http://127.0.0.1:${environment.port}/api/discord/events`,
      });
      if (localDiscord.note) notes.push(localDiscord.note);
    }
    const config: Config = {
      production: environment.production,
      roles: environment.roles,
      port: environment.port,
      publicUrl: environment.publicUrl,
      corsOrigins: environment.corsOrigins,
      introspection: environment.introspection,
      rateLimit: environment.rateLimit,
      trustedProxies: environment.trustedProxies,
      logLevel: environment.logLevel,
      database,
      discord: localDiscord
        ? {
            ...localDiscord.discord,
            redirectUri: environment.discord.redirectUri,
            developmentGuilds: environment.discord.developmentGuilds,
            timeoutMs: environment.discord.timeoutMs,
          }
        : realDiscord(environment),
      jwt:
        environment.jwt.secret || environment.jwt.jwksUrl || !secrets
          ? environment.jwt
          : { ...environment.jwt, secret: secrets.jwtSecret },
      encryptionKeys: environment.encryptionKeys ?? localKeys(secrets),
      enrollmentActiveStatuses: environment.enrollmentActiveStatuses,
      cleanup: environment.cleanup,
      personRetentionDays: environment.personRetentionDays,
      metricTargets: environment.metricTargets,
      engagementMetrics: environment.engagementMetrics,
      webhooks: {
        ...environment.webhooks,
        secrets: environment.webhooks.secrets.length > 0 ? environment.webhooks.secrets : localWebhookSecrets(secrets),
      },
      // With a database of somebody's own, nobody may become anybody by a click.
      demoPeople: environment.demo && localDiscord && embedded ? DEMO_CARDS : [],
    };
    return { config, embedded, localDiscord, notes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function logins(
  environment: Environment,
  ownerUrl: string,
  secrets: LocalSecrets | null,
): Promise<Config['database']> {
  const { apiUrl, writerUrl, workerUrl, directUrl } = environment.database;
  if (apiUrl && writerUrl && workerUrl)
    return { ownerUrl, directUrl: directUrl ?? ownerUrl, apiUrl, writerUrl, workerUrl };
  if (!secrets) throw new Error('In production every login has to be given.');
  await setLoginPasswords(ownerUrl, secrets.logins);
  return {
    ownerUrl,
    directUrl: directUrl ?? ownerUrl,
    apiUrl: apiUrl ?? urlAs(ownerUrl, 'anycademy_api', secrets.logins.anycademy_api),
    writerUrl: writerUrl ?? urlAs(ownerUrl, 'anycademy_writer', secrets.logins.anycademy_writer),
    workerUrl: workerUrl ?? urlAs(ownerUrl, 'anycademy_worker', secrets.logins.anycademy_worker),
  };
}

/** One that is the same at every start, so that a line copied from the terminal works for good. */
function localWebhookSecrets(secrets: LocalSecrets | null): string[] {
  return secrets ? [`whsec_${createHmac('sha256', secrets.jwtSecret).update('webhooks').digest('base64')}`] : [];
}

function localKeys(secrets: LocalSecrets | null): Config['encryptionKeys'] {
  const keys = parseEncryptionKeys(undefined, secrets?.encryptionKey);
  if (!keys) throw new Error('ENCRYPTION_KEYS is missing.');
  return keys;
}

function realDiscord({ discord }: Environment): Config['discord'] {
  // What is not there is empty: see DiscordConfig.
  const { clientId = '', clientSecret = '', botToken = '', publicKey = '' } = discord;
  const { redirectUri, developmentGuilds, apiUrl, oauthUrl, timeoutMs } = discord;
  return {
    clientId,
    clientSecret,
    botToken,
    publicKey,
    redirectUri,
    developmentGuilds,
    apiUrl,
    oauthUrl,
    timeoutMs,
    // A stand-in for Discord's API brings its own consent page; Discord's is not under /api.
    authorizeUrl:
      oauthUrl === 'https://discord.com/api'
        ? 'https://discord.com/oauth2/authorize'
        : new URL('/oauth2/authorize', oauthUrl).href,
    inviteUrl: 'https://discord.gg',
  };
}
