import { type PreflightCheck } from './preflight-check';

/** The first thing that stands in the way, as a sentence that says how to mend it; null when nothing does. */
export interface Obstacles {
  /** Of everything in the server: its work waits. */
  readonly server: string | null;
  /** Of this course only: its memberships wait, the others go on. */
  readonly course: string | null;
  /** Of taking its members out, too: its deletion waits. Missing in a report from before it was stored. */
  readonly ending?: string | null;
}

/** What the last check of one configuration found, as it stands in discord_guilds.preflight. */
export interface StoredReport {
  /** When Discord was asked, ISO 8601. */
  readonly checkedAt: string;
  readonly checks: readonly PreflightCheck[];
  /** Missing in a report from before it was stored. */
  readonly obstacles?: Obstacles;
}

/** The value of discord_guilds.preflight: one report per configuration of the server, by the configuration's id. */
export type StoredReports = Readonly<Record<string, StoredReport>>;
