import { type CourseStats } from '../../membership/course-stats.model';
import { plainName } from '../../membership/welcome.policy';
import { type MetricsRow } from '../../metrics/metrics-reader';
import { failedChecks } from '../../server-config/preflight.policy';
import { type ServerConfigRow } from '../../server-config/server-configs';
import { type Visitor } from '../visitor';
import { type Reply } from './reply';

/** A course in the server with its figures. */
export interface CourseFigures {
  readonly config: ServerConfigRow;
  readonly stats: CourseStats;
  readonly metrics: Pick<MetricsRow, 'timeToRoleP50' | 'timeToRoleP95'>;
  readonly page: string;
}

/** How the asker's courses in the server are doing. */
export function serverStatsReply(
  server: string,
  figures: readonly CourseFigures[],
  others: number,
  visitor: Visitor,
): Reply {
  const { stats: words, openPage } = visitor.texts;
  const isIll = figures.some(({ config }) => config.isActive && failedChecks(config.report?.checks ?? []).length > 0);
  const isOne = figures.length === 1;
  const inServer = figures.map(({ config, stats }) =>
    words.inServer(plainName(config.courseTitle), stats.joined, stats.enrolled),
  );
  return {
    headline: [words.heading(plainName(server), inServer), ...(isIll ? [words.isIll] : [])].join(' '),
    tone: isIll ? 'warning' : 'good',
    ...(others > 0 ? { text: words.others(others) } : {}),
    fields: figures.map((each) => ({ name: plainName(each.config.courseTitle), value: figuresOf(each, visitor) })),
    buttons: figures.map(({ config: { courseTitle }, page }) => ({
      label: isOne ? openPage : words.openCourse(courseTitle),
      url: page,
    })),
  };
}

function figuresOf({ config, stats, metrics }: CourseFigures, { texts: { stats: words } }: Visitor): string {
  const { timeToRoleP50: median, timeToRoleP95: slow } = metrics;
  return [
    words.people(stats),
    ...(config.isActive ? healthOf(config, words) : [words.switchedOff]),
    median === null || slow === null
      ? words.noTimeToRole
      : words.timeToRole(words.seconds(median), words.seconds(slow)),
  ].join('\n');
}

/** What is wrong for this course; what is wrong for another one in the same server does not stand here. */
function healthOf({ health, report }: ServerConfigRow, words: Visitor['texts']['stats']): string[] {
  const failed = failedChecks(report?.checks ?? []);
  if (failed.length === 0) return [words.health[health === 'UNCHECKED' ? health : 'HEALTHY']];
  const isThere = failed.every(({ id }) => id !== 'BOT_PRESENT');
  return [words.health[isThere ? 'DEGRADED' : 'UNREACHABLE'], ...failed.map((check) => `• ${words.check(check)}`)];
}
