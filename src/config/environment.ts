import { resolve } from 'node:path';
import { isSnowflake } from '../common/snowflake';
import {
  type Config,
  type EncryptionKey,
  METRIC_TARGETS,
  type MetricTargets,
  PROCESS_ROLES,
  type ProcessRole,
} from './config';
import { isWebhookSecret, looksLikePlaceholder, parseEncryptionKeys } from './secret-format';
import { Variables } from './variables';
import { defined, isAddressOrNetwork, isCronExpression, isTimeZone } from './value-format';

/** What the environment says. What is undefined here, start-up provides (outside production). */
export interface Environment {
  readonly production: boolean;
  readonly roles: ReadonlySet<ProcessRole>;
  readonly port: number;
  readonly publicUrl: string;
  readonly corsOrigins: readonly string[];
  readonly introspection: boolean;
  readonly rateLimit: { readonly perMinute: number; readonly servicePerMinute: number };
  readonly trustedProxies: readonly string[];
  readonly logLevel: string;
  readonly dataDir: string;
  readonly demo: boolean;
  readonly sandbox: { readonly enabled: boolean; readonly port: number };
  readonly database: {
    readonly ownerUrl?: string;
    readonly directUrl?: string;
    readonly apiUrl?: string;
    readonly writerUrl?: string;
    readonly workerUrl?: string;
  };
  readonly discord: {
    readonly clientId?: string;
    readonly clientSecret?: string;
    readonly botToken?: string;
    readonly publicKey?: string;
    readonly redirectUri: string;
    readonly developmentGuilds: readonly string[];
    readonly apiUrl: string;
    readonly oauthUrl: string;
    readonly timeoutMs: number;
  };
  readonly jwt: {
    readonly secret?: string;
    readonly jwksUrl?: string;
    readonly issuer?: string;
    readonly audience?: string;
  };
  readonly encryptionKeys?: readonly [EncryptionKey, ...EncryptionKey[]];
  readonly enrollmentActiveStatuses: readonly string[];
  readonly cleanup: { readonly cron: string; readonly timeZone: string };
  readonly personRetentionDays: number;
  readonly metricTargets: MetricTargets;
  readonly engagementMetrics: boolean;
  readonly webhooks: Config['webhooks'];
  /** What the operator should know but need not mend. */
  readonly notices: readonly string[];
}

/** Everything that is wrong with the environment, at once. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';

  constructor(readonly problems: readonly string[]) {
    super(
      `The environment has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}

/**
 * Reads and validates every variable once.
 * @throws EnvironmentError that lists all problems, never a secret's value.
 */
export function readEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const variables = new Variables(source);
  const { problems } = variables;
  const notices: string[] = [];

  const nodeEnv = variables.text('NODE_ENV') ?? 'development';
  if (!['development', 'test', 'production'].includes(nodeEnv)) {
    problems.push(`NODE_ENV must be development, test or production; it is "${nodeEnv}".`);
  }
  const production = nodeEnv === 'production';

  const roles = variables.list('ROLES', PROCESS_ROLES.join(','));
  const unknownRoles = roles.filter((role) => !(PROCESS_ROLES as readonly string[]).includes(role));
  if (unknownRoles.length > 0)
    problems.push(`ROLES knows ${PROCESS_ROLES.join(', ')}; it has "${unknownRoles.join('", "')}".`);

  const logLevel = variables.text('LOG_LEVEL') ?? 'info';
  if (!['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].includes(logLevel)) {
    problems.push(`LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent; it is "${logLevel}".`);
  }

  const port = variables.port('PORT', 3000);
  const publicUrl = variables.web('PUBLIC_URL') ?? `http://localhost:${port}`;
  const corsOrigins = variables.list('CORS_ORIGINS', '');
  for (const origin of corsOrigins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      problems.push(`CORS_ORIGINS lists origins such as https://learn.example.org; it has "${origin}".`);
    }
  }

  const trustedProxies = variables.list('TRUSTED_PROXIES', '');
  for (const proxy of trustedProxies.filter((name) => !isAddressOrNetwork(name))) {
    problems.push(`TRUSTED_PROXIES lists addresses and networks such as 10.0.0.0/8; it has "${proxy}".`);
  }

  const introspection = variables.flag('GRAPHQL_INTROSPECTION', !production);
  const demo = !production && variables.flag('DEMO', true);
  const perMinute = variables.count('RATE_LIMIT_PER_MINUTE', 600);
  const servicePerMinute = variables.count('RATE_LIMIT_SERVICE_PER_MINUTE', 6_000);
  const clientId = variables.text('DISCORD_CLIENT_ID');
  if (clientId && !/^\d{17,20}$/.test(clientId))
    problems.push('DISCORD_CLIENT_ID must be the application id, 17 to 20 digits.');
  const publicKey = variables.text('DISCORD_PUBLIC_KEY');
  if (publicKey && !/^[0-9a-f]{64}$/i.test(publicKey))
    problems.push('DISCORD_PUBLIC_KEY must be 64 hexadecimal digits.');
  const clientSecret = variables.text('DISCORD_CLIENT_SECRET');
  const botToken = variables.text('DISCORD_BOT_TOKEN');
  const developmentGuilds = variables.list('DISCORD_DEVELOPMENT_GUILDS', '');
  for (const guild of developmentGuilds.filter((id): boolean => !isSnowflake(id))) {
    problems.push(`DISCORD_DEVELOPMENT_GUILDS lists ids of servers, 17 to 20 digits; it has "${guild}".`);
  }
  const discordNames = {
    DISCORD_CLIENT_ID: clientId,
    DISCORD_CLIENT_SECRET: clientSecret,
    DISCORD_BOT_TOKEN: botToken,
    DISCORD_PUBLIC_KEY: publicKey,
  };
  const missing = Object.entries(discordNames)
    .filter(([, value]) => value === undefined)
    .map(([name]) => name);
  // Without any of them the service runs with plain invite links; with an id and its secret accounts can be linked too; a bot
  // token needs all of it. Outside production the local Discord brings its own application.
  const needed =
    botToken !== undefined
      ? missing
      : production && missing.length < Object.keys(discordNames).length
        ? missing.filter((name) => ['DISCORD_CLIENT_ID', 'DISCORD_CLIENT_SECRET'].includes(name))
        : [];
  for (const name of needed)
    problems.push(`${name} is missing; the Discord Developer Portal shows it under your application.`);
  if (production && botToken === undefined) {
    notices.push(
      clientId === undefined
        ? 'No Discord application is configured, so courses can have plain invite links only. Set the DISCORD_ variables to link accounts and manage servers.'
        : 'No bot token is configured: accounts can be linked and courses can have plain invite links. Set DISCORD_BOT_TOKEN to manage servers.',
    );
  }

  const supabaseUrl = variables.web('SUPABASE_URL');
  const jwksUrl = variables.web('JWKS_URL') ?? (supabaseUrl && `${supabaseUrl}/auth/v1/.well-known/jwks.json`);
  const issuer = variables.text('JWT_ISSUER') ?? (supabaseUrl && `${supabaseUrl}/auth/v1`);
  const audience = variables.text('JWT_AUDIENCE');
  const jwtSecret = variables.text('JWT_SECRET');
  if (variables.text('SUPABASE_SERVICE_KEY')) {
    notices.push(
      'SUPABASE_SERVICE_KEY is set but not needed: the service talks to the database itself. Remove it, so that it cannot leak from here.',
    );
  }

  const database = {
    ownerUrl: variables.postgres('DATABASE_URL'),
    directUrl: variables.postgres('DATABASE_DIRECT_URL'),
    apiUrl: variables.postgres('DATABASE_API_URL'),
    writerUrl: variables.postgres('DATABASE_WRITER_URL'),
    workerUrl: variables.postgres('DATABASE_WORKER_URL'),
  };

  let encryptionKeys: Environment['encryptionKeys'];
  try {
    encryptionKeys = parseEncryptionKeys(variables.text('ENCRYPTION_KEYS'), variables.text('ENCRYPTION_KEY'));
  } catch (error) {
    problems.push((error as Error).message);
  }

  const cron = variables.text('CLEANUP_CRON') ?? '0 2 * * *';
  if (!isCronExpression(cron)) {
    problems.push(`CLEANUP_CRON must be a cron expression of five fields, such as 0 2 * * *; it is "${cron}".`);
  }
  const timeZone = variables.text('CLEANUP_TIME_ZONE') ?? 'UTC';
  if (!isTimeZone(timeZone)) {
    problems.push(`CLEANUP_TIME_ZONE must be a time zone such as Asia/Jakarta; it is "${timeZone}".`);
  }
  const enrollmentActiveStatuses = variables.list('ENROLLMENT_ACTIVE_STATUSES', 'active,completed');
  if (enrollmentActiveStatuses.length === 0) {
    problems.push('ENROLLMENT_ACTIVE_STATUSES must name at least one status; with none, nobody would be enrolled.');
  }

  const personRetentionDays = variables.whole('PERSON_RETENTION_DAYS', 90, 1, 36_500, 'number of days');
  const metricTargets: Record<string, number> = { ...METRIC_TARGETS };
  for (const part of variables.list('METRIC_TARGETS', '')) {
    const [name = '', value = ''] = part.split('=').map((side) => side.trim());
    const target = Number(value);
    if (name in METRIC_TARGETS && value !== '' && target >= 0 && target <= 1) metricTargets[name] = target;
    else
      problems.push(
        `METRIC_TARGETS lists targets between 0 and 1, such as connectionRate=0.7, of ${Object.keys(METRIC_TARGETS).join(', ')}; it has "${part}".`,
      );
  }
  const engagementMetrics = variables.flag('ENGAGEMENT_METRICS', false);
  const webhooks = {
    secrets: variables.list('WEBHOOK_SECRETS', ''),
    allowPrivate: variables.flag('WEBHOOK_ALLOW_PRIVATE', !production),
  };
  if (!webhooks.secrets.every(isWebhookSecret)) {
    problems.push(
      'WEBHOOK_SECRETS lists secrets of 24 to 64 bytes as base64; make one with: echo "whsec_$(openssl rand -base64 32)"',
    );
  }

  const sandbox = {
    enabled: !production && botToken === undefined && variables.flag('SANDBOX', true),
    port: variables.port('SANDBOX_PORT', 4000),
  };
  if (!production && botToken === undefined && !sandbox.enabled) {
    problems.push(
      'SANDBOX=0 needs a Discord application: set DISCORD_BOT_TOKEN and the other DISCORD_ variables, or leave SANDBOX unset.',
    );
  }

  if (production) {
    if (variables.text('SANDBOX') && variables.flag('SANDBOX', false))
      problems.push('SANDBOX=1 is refused in production: the local Discord is for development.');
    if (!database.ownerUrl) problems.push('DATABASE_URL is missing; the embedded database is refused in production.');
    for (const [name, value] of [
      ['DATABASE_API_URL', database.apiUrl],
      ['DATABASE_WRITER_URL', database.writerUrl],
      ['DATABASE_WORKER_URL', database.workerUrl],
    ] as const) {
      if (!value)
        problems.push(
          `${name} is missing; in production each login is the operator's (the README says how to set its password).`,
        );
    }
    if (!jwtSecret && !jwksUrl)
      problems.push("JWT_SECRET or JWKS_URL (or SUPABASE_URL) is missing: without it nobody's token can be checked.");
    if (!encryptionKeys)
      problems.push('ENCRYPTION_KEYS (or ENCRYPTION_KEY) is missing; make a key with: openssl rand -base64 32');
    if (!variables.text('PUBLIC_URL'))
      problems.push('PUBLIC_URL is missing: the address under which browsers reach this service.');
    if (jwtSecret && Buffer.byteLength(jwtSecret) < 32) problems.push('JWT_SECRET must be at least 32 bytes long.');
    for (const name of [
      'JWT_SECRET',
      'ENCRYPTION_KEY',
      'ENCRYPTION_KEYS',
      'DISCORD_CLIENT_SECRET',
      'DISCORD_BOT_TOKEN',
      'WEBHOOK_SECRETS',
    ]) {
      const value = variables.text(name);
      if (value && looksLikePlaceholder(value)) problems.push(`${name} holds a placeholder; set the real secret.`);
    }
  }

  if (problems.length > 0) throw new EnvironmentError([...new Set(problems)]);
  return {
    production,
    roles: new Set(roles as ProcessRole[]),
    port,
    publicUrl,
    corsOrigins,
    introspection,
    rateLimit: { perMinute, servicePerMinute },
    trustedProxies,
    logLevel,
    dataDir: resolve(variables.text('DATA_DIR') ?? '.data'),
    demo,
    sandbox,
    database: defined(database),
    discord: {
      ...defined({ clientId, clientSecret, botToken, publicKey }),
      redirectUri: variables.web('DISCORD_REDIRECT_URI') ?? `${publicUrl}/auth/discord/callback`,
      developmentGuilds,
      apiUrl: variables.web('DISCORD_API_URL') ?? 'https://discord.com/api',
      oauthUrl: variables.web('DISCORD_OAUTH_URL') ?? 'https://discord.com/api',
      timeoutMs: variables.whole('DISCORD_TIMEOUT_MS', 15_000, 100, 60_000, 'number of milliseconds'),
    },
    jwt: defined({ secret: jwtSecret, jwksUrl, issuer, audience }),
    ...(encryptionKeys ? { encryptionKeys } : {}),
    enrollmentActiveStatuses,
    cleanup: { cron, timeZone },
    personRetentionDays,
    metricTargets: metricTargets as unknown as MetricTargets,
    engagementMetrics,
    webhooks,
    notices,
  };
}
