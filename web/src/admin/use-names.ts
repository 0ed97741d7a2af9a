import { useData } from '../api/data';
import { choices } from './choices.policy';
import { coursesAndServers } from './places.generated';

/** The names of courses and servers, to choose from and to show instead of ids. */
export function useNames() {
  const { data } = useData(coursesAndServers, {});
  const courses = choices((data?.courses.nodes ?? []).map(({ id, title }) => [id, title] as const));
  const servers = choices(
    (data?.serverConfigs.nodes ?? []).map(({ guildId, guildName }) => [guildId, guildName] as const),
  );
  return { courses, servers, courseNames: new Map(courses), serverNames: new Map(servers) };
}
