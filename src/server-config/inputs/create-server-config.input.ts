import { Field, InputType, Int } from '@nestjs/graphql';
import { GraphQLSnowflake, GraphQLUuid } from '../../graphql/scalars';
import { DriftPolicy, RemovalPolicy, type SettingsInput } from '../server-config.policy';

@InputType({ description: 'A server for a course. What is left out, or null, gets its default.' })
export class CreateServerConfigInput implements SettingsInput {
  @Field(() => GraphQLUuid, { description: 'A course that the caller teaches.' })
  courseId!: string;

  @Field(() => GraphQLSnowflake, { description: 'A server in which the caller holds Manage Server.' })
  guildId!: string;

  @Field(() => GraphQLSnowflake, {
    nullable: true,
    description: 'A text channel. Without one: the system channel, or the first to which the bot may invite.',
  })
  inviteChannelId?: string | null;

  @Field(() => GraphQLSnowflake, {
    nullable: true,
    description: 'A role below the bot. Without one students only become members.',
  })
  studentRoleId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Up to 1,500 characters, with {student}, {course} and {server}. Without one nobody is welcomed.',
  })
  welcomeMessage?: string | null;

  @Field(() => RemovalPolicy, {
    nullable: true,
    defaultValue: RemovalPolicy.KICK,
    description: 'What happens when access to the course ends.',
  })
  removalPolicy?: RemovalPolicy | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 0,
    description: 'How many hours after that it happens, 0 to 8,760.',
  })
  removalGraceHours?: number | null;

  @Field(() => DriftPolicy, {
    nullable: true,
    defaultValue: DriftPolicy.REPAIR,
    description: 'What to do about roles that were changed by hand.',
  })
  driftPolicy?: DriftPolicy | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description: 'False: nobody is brought in by enrolling alone.',
  })
  autoInvite?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Manage enrolled members who are in the server already as if we had brought them in.',
  })
  adoptExisting?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: "Grant the role only once the member has passed the server's membership screening.",
  })
  roleAfterScreening?: boolean | null;

  @Field(() => Boolean, { nullable: true, defaultValue: true, description: 'False: stored, but nothing is done yet.' })
  isActive?: boolean | null;
}
