import { Field, InputType, Int } from '@nestjs/graphql';
import { GraphQLSnowflake } from '../../graphql/scalars';
import { DriftPolicy, RemovalPolicy, type SettingsInput } from '../server-config.policy';

@InputType({
  description: 'What to change. What is left out stays as it is; null clears the channel, the role or the message.',
})
export class UpdateServerConfigInput implements SettingsInput {
  @Field(() => GraphQLSnowflake, {
    nullable: true,
    description: 'A text channel; null: the system channel, or the first to which the bot may invite.',
  })
  inviteChannelId?: string | null;

  @Field(() => GraphQLSnowflake, {
    nullable: true,
    description: 'A role below the bot; null: students only become members.',
  })
  studentRoleId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Up to 1,500 characters, with {student}, {course} and {server}; null: nobody is welcomed.',
  })
  welcomeMessage?: string | null;

  @Field(() => RemovalPolicy, { nullable: true, description: 'What happens when access to the course ends.' })
  removalPolicy?: RemovalPolicy | null;

  @Field(() => Int, { nullable: true, description: 'How many hours after that it happens, 0 to 8,760.' })
  removalGraceHours?: number | null;

  @Field(() => DriftPolicy, { nullable: true, description: 'What to do about roles that were changed by hand.' })
  driftPolicy?: DriftPolicy | null;

  @Field(() => Boolean, { nullable: true, description: 'False: nobody is brought in by enrolling alone.' })
  autoInvite?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Manage enrolled members who are in the server already as if we had brought them in.',
  })
  adoptExisting?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Grant the role only once the member has passed the server's membership screening.",
  })
  roleAfterScreening?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'False: everybody stays as they are, and nothing is done.' })
  isActive?: boolean | null;
}
