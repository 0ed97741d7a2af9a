import { Mutation, Query, Resolver } from '@nestjs/graphql';
import { CurrentCaller } from '../auth/current-caller';
import { Allow } from '../common/access';
import { type Caller } from '../common/caller';
import { GraphQLJson } from '../graphql/scalars';
import { Forgetting } from './forgetting';

@Resolver()
export class ForgettingResolver {
  constructor(private readonly forgetting: Forgetting) {}

  @Query(() => GraphQLJson, {
    description: 'Everything that is kept about the viewer, as JSON, with the names of the tables; never a token.',
  })
  @Allow('STUDENT', 'INSTRUCTOR', 'ADMIN')
  myDiscordData(@CurrentCaller() caller: Caller): Promise<unknown> {
    return this.forgetting.dataOf(caller);
  }

  @Mutation(() => Boolean, {
    description:
      "Erases the viewer's Discord data: connection, invites, identifiers in memberships and log. False when there was nothing.",
  })
  @Allow('STUDENT', 'INSTRUCTOR', 'ADMIN')
  eraseMyDiscordData(@CurrentCaller() caller: Caller): Promise<boolean> {
    return this.forgetting.erase(caller);
  }
}
