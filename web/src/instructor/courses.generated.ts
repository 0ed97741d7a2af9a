// Made by `npm run codegen`. Do not edit.
// From courses.graphql.
import { operation } from '../api/operation';
import { type GuildHealth } from '../api/enums.generated';

export type CoursesQueryVariables = {
  after?: string | null | undefined;
};

export type CoursesQuery = {
  readonly courses: {
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly title: string;
      readonly serverConfigs: ReadonlyArray<{
        readonly id: string;
        readonly guildName: string;
        readonly health: GuildHealth;
        readonly isActive: boolean;
        readonly removalsPaused: boolean;
      }>;
      readonly discordLink: { readonly working: boolean | null; readonly uniqueStudents: number } | null;
      readonly stats: { readonly enrolled: number; readonly joined: number };
    }>;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
  readonly held: ReadonlyArray<{ readonly courseId: string | null; readonly total: number }>;
};

export const courses = operation<CoursesQuery, CoursesQueryVariables>(
  'query Courses($after: String) { courses(first: 50, after: $after) { nodes { id title serverConfigs { id guildName health isActive removalsPaused } discordLink { working uniqueStudents } stats { enrolled joined } } pageInfo { hasNextPage endCursor } } held: syncRuns(status: [AWAITING_CONFIRMATION], first: 100) { courseId total } }',
);
