import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { METRIC_TARGETS } from './config';
import { EnvironmentError, readEnvironment } from './environment';

const KEY = Buffer.alloc(32, 7).toString('base64');
const PRODUCTION = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://discord.anycademy.test/',
  DATABASE_URL: 'postgres://owner:s3@db/anycademy',
  DATABASE_API_URL: 'postgres://anycademy_api:s3@db/anycademy',
  DATABASE_WRITER_URL: 'postgres://anycademy_writer:s3@db/anycademy',
  DATABASE_WORKER_URL: 'postgres://anycademy_worker:s3@db/anycademy',
  DISCORD_CLIENT_ID: '123456789012345678',
  DISCORD_CLIENT_SECRET: 'kJd83hd72hd8s7Ghd73',
  DISCORD_BOT_TOKEN: 'MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.kd93jd83jd8',
  DISCORD_PUBLIC_KEY: 'ab'.repeat(32),
  JWT_SECRET: 'hR7w0kq9Zx2mVb5nTg8yLc3pQd6sJf1a',
  ENCRYPTION_KEYS: `b:${KEY}`,
};

function problemsOf(source: Record<string, string>): readonly string[] {
  try {
    readEnvironment(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  it('needs nothing outside production: database and Discord are then the local ones', () => {
    const environment = readEnvironment({});
    expect(environment.sandbox).toEqual({ enabled: true, port: 4000 });
    expect(environment.database).toEqual({});
    expect(environment.discord.redirectUri).toBe('http://localhost:3000/auth/discord/callback');
    expect([...environment.roles]).toEqual(['api', 'worker', 'bot', 'cron']);
  });

  it('writes down who writes only when that is asked for', () => {
    expect(readEnvironment({}).engagementMetrics).toBe(false);
    expect(readEnvironment({ ENGAGEMENT_METRICS: '1' }).engagementMetrics).toBe(true);
  });

  it('takes a list of development servers, and refuses what is no id', () => {
    const ids = ['123456789012345678', '1234567890123456789'];
    expect(readEnvironment({ DISCORD_DEVELOPMENT_GUILDS: ids.join(', ') }).discord.developmentGuilds).toEqual(ids);
    expect(readEnvironment({}).discord.developmentGuilds).toEqual([]);
    expect(problemsOf({ DISCORD_DEVELOPMENT_GUILDS: 'my-server' })).toEqual([
      'DISCORD_DEVELOPMENT_GUILDS lists ids of servers, 17 to 20 digits; it has "my-server".',
    ]);
  });

  it('never loads the local Discord once a bot token is set', () => {
    const { NODE_ENV, ...rest } = PRODUCTION;
    expect(NODE_ENV).toBe('production');
    expect(readEnvironment(rest).sandbox.enabled).toBe(false);
  });

  it('accepts a complete production environment', () => {
    const environment = readEnvironment(PRODUCTION);
    expect(environment.production).toBe(true);
    expect(environment.publicUrl).toBe('https://discord.anycademy.test');
    expect(environment.demo).toBe(false);
  });

  it('tells nobody the schema and sends no webhook to a private address in production, unless it is told to', () => {
    const said = (source: Record<string, string>) => {
      const { introspection, webhooks } = readEnvironment(source);
      return [introspection, webhooks.allowPrivate];
    };
    expect(said(PRODUCTION)).toEqual([false, false]);
    expect(said({ ...PRODUCTION, GRAPHQL_INTROSPECTION: '1', WEBHOOK_ALLOW_PRIVATE: '1' })).toEqual([true, true]);
    expect(said({})).toEqual([true, true]);
    expect(said({ GRAPHQL_INTROSPECTION: '0', WEBHOOK_ALLOW_PRIVATE: '0' })).toEqual([false, false]);
  });

  it('takes the targets of the metrics that are given, and keeps the others', () => {
    expect(readEnvironment({}).metricTargets).toEqual(METRIC_TARGETS);
    expect(readEnvironment({ METRIC_TARGETS: 'joinClickRate=0.25, discordUptime=1' }).metricTargets).toEqual({
      ...METRIC_TARGETS,
      joinClickRate: 0.25,
      discordUptime: 1,
    });
  });

  it('needs no Discord application in production, and of one only what its stage uses', () => {
    const { DISCORD_CLIENT_ID, DISCORD_CLIENT_SECRET, DISCORD_BOT_TOKEN, DISCORD_PUBLIC_KEY, ...none } = PRODUCTION;
    const links = readEnvironment(none);
    expect(links.discord).not.toHaveProperty('clientId');
    expect(links.sandbox.enabled).toBe(false);
    expect(links.notices.join()).toContain('plain invite links only');
    const accounts = readEnvironment({ ...none, DISCORD_CLIENT_ID, DISCORD_CLIENT_SECRET });
    expect(accounts.notices.join()).toContain('Set DISCORD_BOT_TOKEN');
    const missing = (source: object) => problemsOf({ ...none, ...source }).map((problem) => /^\S+/.exec(problem)?.[0]);
    expect(missing({ DISCORD_CLIENT_ID })).toEqual(['DISCORD_CLIENT_SECRET']);
    expect(missing({ DISCORD_CLIENT_SECRET })).toEqual(['DISCORD_CLIENT_ID']);
    expect(missing({ DISCORD_BOT_TOKEN })).toEqual([
      'DISCORD_CLIENT_ID',
      'DISCORD_CLIENT_SECRET',
      'DISCORD_PUBLIC_KEY',
    ]);
    expect(missing({ DISCORD_CLIENT_ID, DISCORD_CLIENT_SECRET, DISCORD_BOT_TOKEN })).toEqual(['DISCORD_PUBLIC_KEY']);
    expect(missing({ DISCORD_PUBLIC_KEY })).toEqual(['DISCORD_CLIENT_ID', 'DISCORD_CLIENT_SECRET']);
  });

  it('lists all problems at once', () => {
    const problems = problemsOf({
      PORT: 'abc',
      ROLES: 'api,cook',
      LOG_LEVEL: 'loud',
      JWKS_URL: 'ftp://x',
      CLEANUP_TIME_ZONE: 'Mars/Base',
      CLEANUP_CRON: '99 0 * * *',
      PERSON_RETENTION_DAYS: 'a week',
      METRIC_TARGETS: 'connectionRate=0.7,happiness=1,discordUptime=99',
    });
    expect(problems).toHaveLength(9);
  });

  it('refuses an embedded part, a missing secret and a placeholder in production', () => {
    const problems = problemsOf({
      NODE_ENV: 'production',
      SANDBOX: '1',
      JWT_SECRET: 'change-me-change-me-change-me-change',
    }).join('\n');
    expect(problems).toContain('SANDBOX=1 is refused in production');
    expect(problems).toContain('DATABASE_URL is missing; the embedded database is refused in production');
    expect(problems).toContain('JWT_SECRET holds a placeholder');
  });

  it('reads a secret from NAME_FILE, but not from both', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'jwt');
    writeFileSync(file, 'a-secret-from-a-file\n');
    expect(readEnvironment({ JWT_SECRET_FILE: file }).jwt.secret).toBe('a-secret-from-a-file');
    expect(problemsOf({ JWT_SECRET_FILE: file, JWT_SECRET: 'x' })).toEqual([
      'JWT_SECRET and JWT_SECRET_FILE are both set; keep one of them.',
    ]);
    expect(problemsOf({ JWT_SECRET_FILE: `${file}-missing` })[0]).toContain('cannot be read');
  });

  it('never repeats a secret in a problem', () => {
    expect(problemsOf({ DATABASE_URL: 'mysql://owner:hunter2@db', ENCRYPTION_KEY: 'hunter2' }).join()).not.toContain(
      'hunter2',
    );
  });

  it('fills the key set and the issuer from SUPABASE_URL, and says that the service key is not needed', () => {
    const environment = readEnvironment({ SUPABASE_URL: 'https://abc.supabase.co', SUPABASE_SERVICE_KEY: 'k' });
    expect(environment.jwt).toEqual({
      jwksUrl: 'https://abc.supabase.co/auth/v1/.well-known/jwks.json',
      issuer: 'https://abc.supabase.co/auth/v1',
    });
    expect(environment.notices[0]).toContain('SUPABASE_SERVICE_KEY is set but not needed');
  });
});

describe('.env.example', () => {
  const example = readFileSync(join(__dirname, '../../.env.example'), 'utf8');
  const source = readFileSync(join(__dirname, 'environment.ts'), 'utf8');

  it('names every variable that is read, and no other', () => {
    const named = new Set([...example.matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name));
    const read = new Set([...source.matchAll(/\bvariables\.\w+\('([A-Z_]+)'/g)].map(([, name]) => name));
    // Read only to say that it is not needed.
    read.delete('SUPABASE_SERVICE_KEY');
    expect([...named].sort()).toEqual([...read].sort());
  });

  it('changes nothing when it is copied as it is', () => {
    const set = example.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(set).toEqual([]);
  });
});

describe('who may call, and how often', () => {
  it.each(['203.0.113.7', '10.0.0.0/8', '2001:db8::/32', '::1'])('knows the proxy %s', (proxy) => {
    expect(readEnvironment({ TRUSTED_PROXIES: proxy }).trustedProxies).toEqual([proxy]);
  });

  it.each(['proxy.local', '10.0.0.0/33', '10.0.0.0/8/8', '1.2.3'])('refuses the proxy %s', (proxy) => {
    expect(() => readEnvironment({ TRUSTED_PROXIES: proxy })).toThrow('TRUSTED_PROXIES');
  });

  it('limits calls in all environments, as far as is said', () => {
    expect(readEnvironment({}).rateLimit).toEqual({ perMinute: 600, servicePerMinute: 6_000 });
    expect(readEnvironment({ RATE_LIMIT_PER_MINUTE: '5' }).rateLimit.perMinute).toBe(5);
    for (const wrong of ['0', '-1', 'many']) {
      expect(() => readEnvironment({ RATE_LIMIT_PER_MINUTE: wrong })).toThrow('RATE_LIMIT_PER_MINUTE');
    }
  });
});
