import { Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { type Caller } from '../common/caller';
import { People } from '../platform/people';
import { CurrentCaller } from './current-caller';
import { DiscordConnection } from './discord-connection.model';
import { type DiscordConnectionRow, DiscordConnectionsReader } from './discord-connections.reader';
import { Viewer } from './viewer.model';

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(
    private readonly people: People,
    private readonly connections: DiscordConnectionsReader,
  ) {}

  @Query(() => Viewer, { description: 'Whoever is asking.' })
  @SignedIn()
  viewer(@CurrentCaller() caller: Caller): Pick<Viewer, 'id' | 'role'> {
    return { id: caller.userId, role: caller.role };
  }

  @ResolveField(() => String, {
    nullable: true,
    description: 'The name that the viewer gave the platform; null when there is none.',
  })
  async displayName(@Parent() viewer: Viewer, @CurrentCaller() caller: Caller): Promise<string | null> {
    return (await this.people.names(caller, [viewer.id])).get(viewer.id) ?? null;
  }

  @ResolveField(() => DiscordConnection, {
    nullable: true,
    description: 'The Discord account that the viewer has linked; null while there is none.',
  })
  async discordConnection(
    @Parent() viewer: Viewer,
    @CurrentCaller() caller: Caller,
  ): Promise<DiscordConnectionRow | null> {
    return (await this.connections.find(caller, [viewer.id])).get(viewer.id) ?? null;
  }
}
