import { Field, ObjectType } from '@nestjs/graphql';
import { GraphQLSnowflake } from '../graphql/scalars';

@ObjectType({ description: 'A Discord server in which the viewer holds Manage Server.' })
export class ManageableGuild {
  @Field(() => GraphQLSnowflake, { description: 'Its Discord id.' })
  id!: string;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Its picture; null when it has none.' })
  iconUrl!: string | null;

  @Field({ description: 'Whether the bot is in it.' })
  botPresent!: boolean;

  @Field({ description: "Opens Discord's own dialog that adds the bot with the least permissions." })
  botInstallUrl!: string;
}
