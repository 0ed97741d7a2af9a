import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { Student } from '../platform/student.model';
import { DiscordConnection } from '../auth/discord-connection.model';
import { type DiscordConnectionRow, DiscordConnectionsReader } from '../auth/discord-connections.reader';

/** What this feature adds to a student. */
@Resolver(() => Student)
export class StudentConnectionResolver {
  constructor(private readonly connections: DiscordConnectionsReader) {}

  @ResolveField(() => DiscordConnection, {
    nullable: true,
    description: 'The Discord account that the student has linked; null while there is none.',
  })
  discordConnection(
    @Parent() student: Student,
    @Context() context: GraphqlContext,
  ): Promise<DiscordConnectionRow | null> {
    return loaders(context)
      .get<string, DiscordConnectionRow | null>('auth/connection-of-user', async (userIds) => {
        if (!context.caller) return userIds.map(() => null);
        const found = await this.connections.find(context.caller, userIds);
        return userIds.map((id) => found.get(id) ?? null);
      })
      .load(student.id);
  }
}
