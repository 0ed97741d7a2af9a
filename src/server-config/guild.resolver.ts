import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { type Caller } from '../common/caller';
import { GraphQLSnowflake } from '../graphql/scalars';
import { SignedInCaller } from '../graphql/signed-in-caller.pipe';
import { Guild, GuildRole } from './guild.model';
import { type GuildChoices, GuildService, type RoleChoice } from './guild.service';

@Resolver(() => Guild)
export class GuildResolver {
  constructor(private readonly guilds: GuildService) {}

  @SignedIn()
  @Query(() => Guild, { nullable: true, description: 'A server in which the caller holds Manage Server.' })
  guild(
    @Context('caller', SignedInCaller) caller: Caller,
    @Args('id', { type: () => GraphQLSnowflake, description: 'The server.' }) id: string,
  ): Promise<GuildChoices> {
    return this.guilds.find(caller, id);
  }

  @SignedIn()
  @Mutation(() => GuildRole, { description: 'Makes a role without permissions that the bot can give to students.' })
  createGuildRole(
    @Context('caller', SignedInCaller) caller: Caller,
    @Args('guildId', { type: () => GraphQLSnowflake, description: 'The server to make it in.' }) guildId: string,
    @Args('name', { type: () => String, description: 'Its name, 1 to 100 characters.' }) name: string,
  ): Promise<RoleChoice> {
    return this.guilds.createRole(caller, guildId, name);
  }
}
