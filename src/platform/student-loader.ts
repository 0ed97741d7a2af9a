import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { type People } from './people';
import { type Student } from './student.model';

/** A person as the caller may see them; all that one request shows are looked up at once. */
export function studentOf(context: GraphqlContext, people: People, userId: string): Promise<Student> {
  return loaders(context)
    .get<string, Student>('platform/student', async (ids) => {
      const names = await people.names(callerOf(context), ids);
      return ids.map((id) => ({ id, displayName: names.get(id) ?? null }));
    })
    .load(userId);
}
