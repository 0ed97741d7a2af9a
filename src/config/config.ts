/** The parts of the service that one process can run. */
export const PROCESS_ROLES = ['api', 'worker', 'bot', 'cron'] as const;
export type ProcessRole = (typeof PROCESS_ROLES)[number];

/** One key of the set that encrypts tokens: the first encrypts, all decrypt. */
export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/**
 * The Discord application that the service acts as: the real one, or the local Discord's. In production it may be absent:
 * an empty client id links no accounts, an empty bot token manages no servers, and courses have plain invite links.
 */
export interface DiscordConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly botToken: string;
  readonly publicKey: string;
  /** Where Discord sends people back to; registered with the application. */
  readonly redirectUri: string;
  /** Base of the HTTP API without a version, `https://discord.com/api`. */
  readonly apiUrl: string;
  /** Base of the token endpoints, `https://discord.com/api`. */
  readonly oauthUrl: string;
  /** The page that people are sent to, `https://discord.com/oauth2/authorize`. */
  readonly authorizeUrl: string;
  /** One answer may take this long, milliseconds; whether a call that took longer had its effect is then unknown. */
  readonly timeoutMs: number;
  /** Servers in which commands are also registered as their own: changes show there at once. */
  readonly developmentGuilds: readonly string[];
  /** Base of invite links, `https://discord.gg` (the local Discord's own `/invite` page with the sandbox). */
  readonly inviteUrl: string;
}

/** Connection strings, one per login: see docs on who may do what in the database. */
export interface DatabaseConfig {
  /** The owner: migrations and the job queue. */
  readonly ownerUrl: string;
  /** The owner, past a transaction-mode pooler: such a pooler knows neither LISTEN nor locks of a session. */
  readonly directUrl: string;
  readonly apiUrl: string;
  readonly writerUrl: string;
  readonly workerUrl: string;
}

/** The measures that have a target, with the plan's own. */
export const METRIC_TARGETS = {
  connectionRate: 0.6,
  weeklyActiveRate: 0.4,
  instructorAdoptionRate: 0.7,
  discordUptime: 0.995,
  linkAdoptionRate: 0.3,
  joinClickRate: 0.5,
} as const;
export type MetricTargets = Readonly<Record<keyof typeof METRIC_TARGETS, number>>;

/** A seeded person of the demo, whom anybody at this machine may continue as. */
export interface DemoPersonCard {
  readonly id: string;
  readonly name: string;
  readonly role: 'STUDENT' | 'INSTRUCTOR' | 'ADMIN';
  /** What is to be seen with them, by language. */
  readonly about: { readonly en: string; readonly id: string };
}

/** The environment, read once and validated. Everything else receives this object and never reads `process.env`. */
export interface Config {
  readonly production: boolean;
  readonly roles: ReadonlySet<ProcessRole>;
  readonly port: number;
  /** Where browsers reach this service, without a trailing slash. */
  readonly publicUrl: string;
  readonly corsOrigins: readonly string[];
  /** Whether GraphQL tells its schema, and the page at its address offers a form to try it. */
  readonly introspection: boolean;
  /** How many calls one caller may make in a minute: a person or an address, and the platform itself. */
  readonly rateLimit: { readonly perMinute: number; readonly servicePerMinute: number };
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: string;
  readonly database: DatabaseConfig;
  readonly discord: DiscordConfig;
  readonly jwt: {
    readonly secret?: string;
    readonly jwksUrl?: string;
    readonly issuer?: string;
    readonly audience?: string;
  };
  readonly encryptionKeys: readonly [EncryptionKey, ...EncryptionKey[]];
  readonly enrollmentActiveStatuses: readonly string[];
  readonly cleanup: { readonly cron: string; readonly timeZone: string };
  /** For how long somebody's Discord account is remembered after their last enrollment has ended, days. */
  readonly personRetentionDays: number;
  /** Each 0 to 1. */
  readonly metricTargets: MetricTargets;
  /** Whether it is written down which member wrote on which day. */
  readonly engagementMetrics: boolean;
  readonly webhooks: {
    /** Secrets with which the platform signs what it sends, `whsec_…`; any of them fits. Empty: nothing is taken. */
    readonly secrets: readonly string[];
    /** Whether events are also delivered over plain HTTP and to private addresses. */
    readonly allowPrivate: boolean;
  };
  /** Empty unless the demo runs, on the embedded database and the local Discord. */
  readonly demoPeople: readonly DemoPersonCard[];
}

/** Injection token of {@link Config}. */
export const CONFIG = Symbol('Config');
