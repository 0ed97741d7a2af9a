import { readFileSync } from 'node:fs';

/** Secrets, each of which may also be given as NAME_FILE: the path of a file that holds the value. */
const SECRETS: readonly string[] = [
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
];

/** The variables of an environment, each read as what it should be; what is wrong with them is gathered in `problems`. */
export class Variables {
  readonly problems: string[] = [];

  constructor(private readonly source: Readonly<Record<string, string | undefined>>) {}

  /** Undefined where it is not set, or empty. */
  text(name: string): string | undefined {
    const value = this.source[name]?.trim();
    const file = SECRETS.includes(name) ? this.source[`${name}_FILE`]?.trim() : undefined;
    if (!file) return value === '' ? undefined : value;
    if (value) {
      this.problems.push(`${name} and ${name}_FILE are both set; keep one of them.`);
      return undefined;
    }
    try {
      return readFileSync(file, 'utf8').trim() || undefined;
    } catch {
      this.problems.push(`${name}_FILE names a file that cannot be read: ${file}`);
      return undefined;
    }
  }

  whole(name: string, fallback: number, least: number, most: number, what: string): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    this.problems.push(`${name} must be a ${what}, ${least} to ${most}; it is "${value}".`);
    return fallback;
  }

  port(name: string, fallback: number): number {
    return this.whole(name, fallback, 0, 65_535, 'port');
  }

  count(name: string, fallback: number): number {
    return this.whole(name, fallback, 1, 1_000_000_000, 'whole number');
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return fallback;
    if (['1', 'true', 'yes'].includes(value)) return true;
    if (['0', 'false', 'no'].includes(value)) return false;
    this.problems.push(`${name} must be 1 or 0; it is "${value}".`);
    return fallback;
  }

  web(name: string): string | undefined {
    const value = this.url(name, ['http:', 'https:']);
    if (value === null)
      this.problems.push(`${name} must be a URL that begins with http:// or https://; it is "${this.text(name)}".`);
    return value ?? undefined;
  }

  /** Never repeats the value: it holds a password. */
  postgres(name: string): string | undefined {
    const value = this.url(name, ['postgres:', 'postgresql:']);
    if (value === null) this.problems.push(`${name} must be a URL that begins with postgres:// or postgresql://.`);
    return value ?? undefined;
  }

  /** What stands between commas. */
  list(name: string, fallback: string): string[] {
    return (this.text(name) ?? fallback)
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  }

  /** Null where it is none. */
  private url(name: string, protocols: readonly string[]): string | undefined | null {
    const value = this.text(name);
    if (value === undefined) return undefined;
    return URL.canParse(value) && protocols.includes(new URL(value).protocol) ? value.replace(/\/+$/, '') : null;
  }
}
