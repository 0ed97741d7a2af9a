import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { countedConnectionType } from '../graphql/page-type';
import { GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { GuildHealth } from './health.policy';
import { DriftPolicy, RemovalPolicy } from './server-config.policy';

registerEnumType(RemovalPolicy, {
  name: 'RemovalPolicy',
  description: 'What happens to a member whose access to the course has ended.',
  valuesMap: {
    KICK: { description: 'They are removed from the server.' },
    REMOVE_ROLE: { description: 'They stay, without the student role.' },
    KEEP: {
      description:
        'They stay as they are. A stricter policy that is set later concerns whoever still has the student role by then: the plan lists them, and the brake counts them.',
    },
  },
});
registerEnumType(DriftPolicy, {
  name: 'DriftPolicy',
  description: 'What to do about a student role that somebody took away or gave by hand in Discord.',
  valuesMap: {
    REPAIR: { description: 'It is set right again.' },
    RESPECT: { description: 'It is left as it was changed.' },
  },
});
registerEnumType(GuildHealth, {
  name: 'GuildHealth',
  description: 'Whether the service can work in a server.',
  valuesMap: {
    HEALTHY: { description: 'Everything that is required was in place when it was last checked.' },
    DEGRADED: { description: 'The bot is there, but something required is missing: work waits until it is mended.' },
    UNREACHABLE: { description: 'The bot is not in the server: work waits until it is added.' },
    UNCHECKED: { description: 'Nobody has looked yet.' },
  },
});

@ObjectType({ description: 'Which Discord server serves a course, and how.' })
export class ServerConfig {
  @Field(() => GraphQLUuid, { description: 'The id of this configuration.' })
  id!: string;

  /** For the fields that later features add; `course` shows it. */
  courseId!: string;
  courseTitle!: string;
  instructorId!: string;

  @Field(() => GraphQLSnowflake, { description: "The server's Discord id." })
  guildId!: string;

  @Field({ description: "The server's name when it was last checked." })
  guildName!: string;

  @Field(() => GraphQLSnowflake, {
    nullable: true,
    description: 'The text channel to which students are invited and in which they are welcomed.',
  })
  inviteChannelId!: string | null;

  @Field(() => GraphQLSnowflake, {
    nullable: true,
    description: 'The role that students are given; null: they only become members.',
  })
  studentRoleId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Template with {student}, {course} and {server}; null: nobody is welcomed.',
  })
  welcomeMessage!: string | null;

  @Field(() => RemovalPolicy, { description: 'What happens when access to the course ends.' })
  removalPolicy!: RemovalPolicy;

  @Field(() => Int, { description: 'How many hours after that it happens.' })
  removalGraceHours!: number;

  @Field(() => DriftPolicy, { description: 'What to do about roles that were changed by hand.' })
  driftPolicy!: DriftPolicy;

  @Field({
    description: 'False: nobody is brought in by enrolling alone; staff invites, or the student presses Join.',
  })
  autoInvite!: boolean;

  @Field({
    description: 'Enrolled members who were in the server before us are managed as if we had brought them in.',
  })
  adoptExisting!: boolean;

  @Field({
    description: 'True: until it is lifted no one is removed whom nobody has asked to remove; see setRemovalsPaused.',
  })
  removalsPaused!: boolean;

  @Field({ description: "Grant the role only once the member has passed the server's membership screening." })
  roleAfterScreening!: boolean;

  @Field({ description: 'False: everybody stays as they are, and nothing is done.' })
  isActive!: boolean;

  @Field(() => GuildHealth, { description: 'Whether the service can work in the server.' })
  health!: GuildHealth;

  @Field({ description: 'When the server was connected with the course.' })
  createdAt!: Date;

  @Field({ description: 'When the configuration was last changed.' })
  updatedAt!: Date;
}

@ObjectType({ description: 'One page of server configurations.' })
export class ServerConfigConnection extends countedConnectionType('ServerConfig', () => ServerConfig) {}
