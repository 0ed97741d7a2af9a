// Made by `npm run codegen`. Do not edit.
// From places.graphql.
import { operation } from '../api/operation';

export type CoursesAndServersQueryVariables = { [key: string]: never };

export type CoursesAndServersQuery = {
  readonly courses: { readonly nodes: ReadonlyArray<{ readonly id: string; readonly title: string }> };
  readonly serverConfigs: { readonly nodes: ReadonlyArray<{ readonly guildId: string; readonly guildName: string }> };
};

export const coursesAndServers = operation<CoursesAndServersQuery, CoursesAndServersQueryVariables>(
  'query CoursesAndServers { courses(first: 200) { nodes { id title } } serverConfigs(first: 200) { nodes { guildId guildName } } }',
);
