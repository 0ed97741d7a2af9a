import { type Tone } from '../components/badge';
import { type CoursesQuery } from './courses.generated';

export type ListedCourse = CoursesQuery['courses']['nodes'][number];

export type CourseState =
  'noServer' | 'linkOnly' | 'linkDead' | 'healthy' | 'degraded' | 'unreachable' | 'unchecked' | 'inactive' | 'stopped';

export const TONE_OF: Record<CourseState, Tone> = {
  noServer: 'waiting',
  linkOnly: 'invited',
  linkDead: 'trouble',
  healthy: 'joined',
  degraded: 'trouble',
  unreachable: 'trouble',
  unchecked: 'waiting',
  inactive: 'waiting',
  stopped: 'waiting',
};

/** What most needs a person first. */
const BY_NEED = ['unreachable', 'degraded', 'stopped', 'inactive', 'unchecked', 'healthy'] as const;

/** How a course stands in a word: of several servers, the one that most needs a person. */
export function courseState({ serverConfigs, discordLink }: ListedCourse): CourseState {
  const states = new Set(
    serverConfigs.map(({ health, isActive, removalsPaused }): (typeof BY_NEED)[number] => {
      if (!isActive) return 'inactive';
      if (health === 'UNREACHABLE') return 'unreachable';
      if (health === 'DEGRADED') return 'degraded';
      if (removalsPaused) return 'stopped';
      return health === 'UNCHECKED' ? 'unchecked' : 'healthy';
    }),
  );
  const first = BY_NEED.find((state) => states.has(state));
  if (first) return first;
  if (!discordLink) return 'noServer';
  return discordLink.working === false ? 'linkDead' : 'linkOnly';
}
