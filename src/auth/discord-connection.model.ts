import { Field, ObjectType } from '@nestjs/graphql';
import { GraphQLDateTime, GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';

@ObjectType('DiscordConnection', { description: 'The Discord account that somebody has linked.' })
export class DiscordConnection {
  @Field(() => GraphQLUuid, { description: 'Identifies the connection; it stays when another account is linked.' })
  id!: string;

  @Field(() => GraphQLSnowflake, { description: "The account's Discord user id." })
  discordUserId!: string;

  @Field(() => String, { description: "The account's unique Discord name." })
  username!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The name that Discord shows to everybody, when one was chosen.',
  })
  globalName!: string | null;

  @Field(() => String, { nullable: true, description: "The account's picture; null when it has none." })
  avatarUrl!: string | null;

  @Field(() => [String], {
    description: 'What the person allowed: "guilds.join" lets the service bring them into servers.',
  })
  scopes!: string[];

  @Field(() => Boolean, {
    description: 'False once Discord refused the stored token: the student has to connect again.',
  })
  isVerified!: boolean;

  @Field(() => GraphQLDateTime, { description: 'When this account was linked.' })
  connectedAt!: Date;
}
