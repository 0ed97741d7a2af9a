import { type PreflightCheck } from './preflight-check';

/** What the last check of one configuration found, as it stands in discord_guilds.preflight. */
export interface StoredReport {
  /** When Discord was asked, ISO 8601. */
  readonly checkedAt: string;
  readonly checks: readonly PreflightCheck[];
}

/** The value of discord_guilds.preflight: one report per configuration of the server, by the configuration's id. */
export type StoredReports = Readonly<Record<string, StoredReport>>;
