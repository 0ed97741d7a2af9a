import { readFileSync } from 'node:fs';
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
import { defined, isAddressOrNetwork, isCronExpression, isTimeZone } from './value-format';

/** Secrets, each of which may also be given as NAME_FILE: the path of a file that holds the value. */
export const SECRETS = [
  'DISCORD_CLIENT_SECRET',
  'DISCORD_BOT_TOKEN',
  'JWT_SECRET',
  'ENCRYPTION_KEYS',
  'ENCRYPTION_KEY',
  'WEBHOOK_SECRETS',
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'DATABASE_API_URL',
  'DATABASE_WRITER_URL',
  'DATABASE_WORKER_URL',
] as const;

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

type Source = Readonly<Record<string, string | undefined>>;

/**
 * Reads and validates every variable once.
 * @throws EnvironmentError that lists all problems, never a secret's value.
 */
export function readEnvironment(source: Source): Environment {
  const problems: string[] = [];
  const notices: string[] = [];

  const text = (name: string): string | undefined => {
    const value = source[name]?.trim();
    const file = (SECRETS as readonly string[]).includes(name) ? source[`${name}_FILE`]?.trim() : undefined;
    if (!file) return value === '' ? undefined : value;
    if (value) {
      problems.push(`${name} and ${name}_FILE are both set; keep one of them.`);
      return undefined;
    }
    try {
      return readFileSync(file, 'utf8').trim() || undefined;
    } catch {
      problems.push(`${name}_FILE names a file that cannot be read: ${file}`);
      return undefined;
    }
  };
  const whole = (name: string, fallback: number, least: number, most: number, what: string): number => {
    const value = text(name);
    if (value === undefined) return fallback;
    if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    problems.push(`${name} must be a ${what}, ${least} to ${most}; it is "${value}".`);
    return fallback;
  };
  const portOf = (name: string, fallback: number) => whole(name, fallback, 0, 65_535, 'port');
  const count = (name: string, fallback: number) => whole(name, fallback, 1, 1_000_000_000, 'whole number');
  const flag = (name: string, fallback: boolean): boolean => {
    const value = text(name)?.toLowerCase();
    if (value === undefined) return fallback;
    if (['1', 'true', 'yes'].includes(value)) return true;
    if (['0', 'false', 'no'].includes(value)) return false;
    problems.push(`${name} must be 1 or 0; it is "${value}".`);
    return fallback;
  };
  const url = (name: string, protocols: readonly string[], secret = false): string | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value.replace(/\/+$/, '');
    problems.push(
      `${name} must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}${secret ? '.' : `; it is "${value}".`}`,
    );
    return undefined;
  };
  const web = (name: string) => url(name, ['http:', 'https:']);
  const postgres = (name: string) => url(name, ['postgres:', 'postgresql:'], true);
  const list = (name: string, fallback: string): string[] =>
    (text(name) ?? fallback)
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);

  const nodeEnv = text('NODE_ENV') ?? 'development';
  if (!['development', 'test', 'production'].includes(nodeEnv)) {
    problems.push(`NODE_ENV must be development, test or production; it is "${nodeEnv}".`);
  }
  const production = nodeEnv === 'production';

  const roles = list('ROLES', PROCESS_ROLES.join(','));
  const unknownRoles = roles.filter((role) => !(PROCESS_ROLES as readonly string[]).includes(role));
  if (unknownRoles.length > 0)
    problems.push(`ROLES knows ${PROCESS_ROLES.join(', ')}; it has "${unknownRoles.join('", "')}".`);

  const logLevel = text('LOG_LEVEL') ?? 'info';
  if (!['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].includes(logLevel)) {
    problems.push(`LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent; it is "${logLevel}".`);
  }

  const port = portOf('PORT', 3000);
  const publicUrl = web('PUBLIC_URL') ?? `http://localhost:${port}`;
  const corsOrigins = list('CORS_ORIGINS', '');
  for (const origin of corsOrigins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      problems.push(`CORS_ORIGINS lists origins such as https://learn.example.org; it has "${origin}".`);
    }
  }

  const trustedProxies = list('TRUSTED_PROXIES', '');
  for (const proxy of trustedProxies.filter((name) => !isAddressOrNetwork(name))) {
    problems.push(`TRUSTED_PROXIES lists addresses and networks such as 10.0.0.0/8; it has "${proxy}".`);
  }

  const introspection = flag('GRAPHQL_INTROSPECTION', !production);
  const demo = !production && flag('DEMO', true);
  const perMinute = count('RATE_LIMIT_PER_MINUTE', 600);
  const servicePerMinute = count('RATE_LIMIT_SERVICE_PER_MINUTE', 6_000);
  const clientId = text('DISCORD_CLIENT_ID');
  if (clientId && !/^\d{17,20}$/.test(clientId))
    problems.push('DISCORD_CLIENT_ID must be the application id, 17 to 20 digits.');
  const publicKey = text('DISCORD_PUBLIC_KEY');
  if (publicKey && !/^[0-9a-f]{64}$/i.test(publicKey))
    problems.push('DISCORD_PUBLIC_KEY must be 64 hexadecimal digits.');
  const clientSecret = text('DISCORD_CLIENT_SECRET');
  const botToken = text('DISCORD_BOT_TOKEN');
  const developmentGuilds = list('DISCORD_DEVELOPMENT_GUILDS', '');
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

  const supabaseUrl = web('SUPABASE_URL');
  const jwksUrl = web('JWKS_URL') ?? (supabaseUrl && `${supabaseUrl}/auth/v1/.well-known/jwks.json`);
  const issuer = text('JWT_ISSUER') ?? (supabaseUrl && `${supabaseUrl}/auth/v1`);
  const audience = text('JWT_AUDIENCE');
  const jwtSecret = text('JWT_SECRET');
  if (text('SUPABASE_SERVICE_KEY')) {
    notices.push(
      'SUPABASE_SERVICE_KEY is set but not needed: the service talks to the database itself. Remove it, so that it cannot leak from here.',
    );
  }

  const database = {
    ownerUrl: postgres('DATABASE_URL'),
    directUrl: postgres('DATABASE_DIRECT_URL'),
    apiUrl: postgres('DATABASE_API_URL'),
    writerUrl: postgres('DATABASE_WRITER_URL'),
    workerUrl: postgres('DATABASE_WORKER_URL'),
  };

  let encryptionKeys: Environment['encryptionKeys'];
  try {
    encryptionKeys = parseEncryptionKeys(text('ENCRYPTION_KEYS'), text('ENCRYPTION_KEY'));
  } catch (error) {
    problems.push((error as Error).message);
  }

  const cron = text('CLEANUP_CRON') ?? '0 2 * * *';
  if (!isCronExpression(cron)) {
    problems.push(`CLEANUP_CRON must be a cron expression of five fields, such as 0 2 * * *; it is "${cron}".`);
  }
  const timeZone = text('CLEANUP_TIME_ZONE') ?? 'UTC';
  if (!isTimeZone(timeZone)) {
    problems.push(`CLEANUP_TIME_ZONE must be a time zone such as Asia/Jakarta; it is "${timeZone}".`);
  }
  const enrollmentActiveStatuses = list('ENROLLMENT_ACTIVE_STATUSES', 'active,completed');
  if (enrollmentActiveStatuses.length === 0) {
    problems.push('ENROLLMENT_ACTIVE_STATUSES must name at least one status; with none, nobody would be enrolled.');
  }

  const personRetentionDays = whole('PERSON_RETENTION_DAYS', 90, 1, 36_500, 'number of days');
  const metricTargets: Record<string, number> = { ...METRIC_TARGETS };
  for (const part of list('METRIC_TARGETS', '')) {
    const [name = '', value = ''] = part.split('=').map((side) => side.trim());
    const target = Number(value);
    if (name in METRIC_TARGETS && value !== '' && target >= 0 && target <= 1) metricTargets[name] = target;
    else
      problems.push(
        `METRIC_TARGETS lists targets between 0 and 1, such as connectionRate=0.7, of ${Object.keys(METRIC_TARGETS).join(', ')}; it has "${part}".`,
      );
  }
  const engagementMetrics = flag('ENGAGEMENT_METRICS', false);
  const webhooks = { secrets: list('WEBHOOK_SECRETS', ''), allowPrivate: flag('WEBHOOK_ALLOW_PRIVATE', !production) };
  if (!webhooks.secrets.every(isWebhookSecret)) {
    problems.push(
      'WEBHOOK_SECRETS lists secrets of 24 to 64 bytes as base64; make one with: echo "whsec_$(openssl rand -base64 32)"',
    );
  }

  const sandbox = {
    enabled: !production && botToken === undefined && flag('SANDBOX', true),
    port: portOf('SANDBOX_PORT', 4000),
  };
  if (!production && botToken === undefined && !sandbox.enabled) {
    problems.push(
      'SANDBOX=0 needs a Discord application: set DISCORD_BOT_TOKEN and the other DISCORD_ variables, or leave SANDBOX unset.',
    );
  }

  if (production) {
    if (text('SANDBOX') && flag('SANDBOX', false))
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
    if (!text('PUBLIC_URL'))
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
      const value = text(name);
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
    dataDir: resolve(text('DATA_DIR') ?? '.data'),
    demo,
    sandbox,
    database: defined(database),
    discord: {
      ...defined({ clientId, clientSecret, botToken, publicKey }),
      redirectUri: web('DISCORD_REDIRECT_URI') ?? `${publicUrl}/auth/discord/callback`,
      developmentGuilds,
      apiUrl: web('DISCORD_API_URL') ?? 'https://discord.com/api',
      oauthUrl: web('DISCORD_OAUTH_URL') ?? 'https://discord.com/api',
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
