import { Field, Int, ObjectType } from '@nestjs/graphql';
import { GraphQLSnowflake } from '../graphql/scalars';

@ObjectType({ description: 'A text channel of a server.' })
export class GuildChannel {
  @Field(() => GraphQLSnowflake, { description: 'Its Discord id.' })
  id!: string;

  @Field({ description: 'Its name, without #.' })
  name!: string;

  @Field({ description: 'Whether the bot sees it and may create invites to it.' })
  botCanInvite!: boolean;
}

@ObjectType({ description: 'A role of a server.' })
export class GuildRole {
  @Field(() => GraphQLSnowflake, { description: 'Its Discord id.' })
  id!: string;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => Int, { description: 'Its color as 0xRRGGBB; 0: none.' })
  color!: number;

  @Field({ description: 'Whether the bot can give it to students.' })
  botCanAssign!: boolean;
}

@ObjectType({ description: 'A Discord server that the bot is in, as those who manage it see it.' })
export class Guild {
  @Field(() => GraphQLSnowflake, { description: 'Its Discord id.' })
  id!: string;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => Int, { description: "How many members it has, by Discord's approximate count." })
  memberCount!: number;

  @Field(() => [GuildChannel], { description: "Its text channels, in Discord's order." })
  channels!: readonly GuildChannel[];

  @Field(() => [GuildRole], { description: 'Its roles, the highest first, without @everyone.' })
  roles!: readonly GuildRole[];
}
