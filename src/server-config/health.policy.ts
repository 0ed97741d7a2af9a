import { failedChecks } from './preflight.policy';
import { type StoredReport, type StoredReports } from './stored-report';

/** How a server stands: everything required passes, something does not, the bot is not there, nobody has looked. */
export const GuildHealth = {
  HEALTHY: 'HEALTHY',
  DEGRADED: 'DEGRADED',
  UNREACHABLE: 'UNREACHABLE',
  UNCHECKED: 'UNCHECKED',
} as const;
export type GuildHealth = keyof typeof GuildHealth;

/** A configuration of the server; one that is switched off does not make the server ill. */
export interface CheckedConfig {
  readonly id: string;
  readonly isActive: boolean;
}

/**
 * The reports that stand after new ones came in: the newer one of each configuration that still exists, so that a check
 * which was answered late cannot undo what a later one found.
 */
export function mergeReports(
  configs: readonly CheckedConfig[],
  stored: StoredReports,
  fresh: StoredReports,
): StoredReports {
  return Object.fromEntries(
    configs.flatMap(({ id }) => {
      const report = newest([stored[id], fresh[id]]);
      return report ? [[id, report]] : [];
    }),
  );
}

/** The health that the reports amount to. Whether the bot is there, the newest one knows. */
export function healthOf(configs: readonly CheckedConfig[], reports: StoredReports): GuildHealth {
  const last = newest(Object.values(reports));
  if (!last) return 'UNCHECKED';
  if (last.checks.some((check) => check.id === 'BOT_PRESENT' && !check.passed)) return 'UNREACHABLE';
  const ill = configs.some(({ id, isActive }) => isActive && failedChecks(reports[id]?.checks ?? []).length > 0);
  return ill ? 'DEGRADED' : 'HEALTHY';
}

/** Whether the server's work has to wait: what stands in the way of one course does not stop the others. */
export function hasToWait(configs: readonly CheckedConfig[], reports: StoredReports): boolean {
  const health = healthOf(configs, reports);
  if (health === 'UNCHECKED' || health === 'UNREACHABLE') return true;
  return configs.some(({ id, isActive }) => isActive && (reports[id]?.obstacles?.server ?? null) !== null);
}

function newest(reports: readonly (StoredReport | undefined)[]): StoredReport | undefined {
  return reports
    .filter((report) => report !== undefined)
    .reduce<StoredReport | undefined>(
      (best, report) => (best && Date.parse(best.checkedAt) > Date.parse(report.checkedAt) ? best : report),
      undefined,
    );
}
