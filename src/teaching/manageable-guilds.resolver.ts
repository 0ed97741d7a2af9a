import { Context, Query, Resolver } from '@nestjs/graphql';
import { Allow } from '../common/access';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { ManageableGuild } from './manageable-guild.model';
import { ManageableGuilds } from './manageable-guilds';

@Resolver()
export class ManageableGuildsResolver {
  constructor(private readonly guilds: ManageableGuilds) {}

  @Allow('STUDENT', 'INSTRUCTOR', 'ADMIN')
  @Query(() => [ManageableGuild], {
    description:
      'The servers in which the viewer holds Manage Server, by name; for who has connected with servers: true.',
  })
  manageableGuilds(@Context() context: GraphqlContext): Promise<ManageableGuild[]> {
    return this.guilds.of(callerOf(context));
  }
}
