import { Field, Float, Int, ObjectType, registerEnumType } from '@nestjs/graphql';

export const MetricsBucketEnum = { HOUR: 'HOUR', DAY: 'DAY', WEEK: 'WEEK' } as const;
registerEnumType(MetricsBucketEnum, {
  name: 'MetricsBucket',
  description: 'How wide a point of a series is, in UTC.',
  valuesMap: {
    HOUR: { description: 'From one full hour to the next.' },
    DAY: { description: 'From midnight to midnight.' },
    WEEK: { description: 'From Monday to Monday.' },
  },
});

@ObjectType({ description: 'What happened in one bucket of time.' })
export class MetricsPoint {
  @Field(() => Date, { description: 'When the bucket begins.' })
  at!: Date;

  @Field(() => Int, { description: 'Memberships that became joined.' })
  joined!: number;

  @Field(() => Int, { description: 'Memberships that became left.' })
  left!: number;

  @Field(() => Int, { description: 'Memberships that became removed.' })
  removed!: number;

  @Field(() => Int, { description: 'Invites that were made.' })
  invited!: number;

  @Field(() => Int, { description: 'Entries of the log that tell of a failure.' })
  errors!: number;

  @Field(() => Int, { description: 'Calls to Discord, as in Metrics.' })
  apiCalls!: number;

  @Field(() => Int, { description: 'Of those, which failed as in apiErrorRate.' })
  failedCalls!: number;

  @Field(() => Float, { nullable: true, description: 'As in Metrics; null when nobody was added.' })
  timeToRoleP50!: number | null;

  @Field(() => Float, { nullable: true, description: 'As in Metrics; null when nobody was added.' })
  timeToRoleP95!: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'The most memberships that waited for a worker at the end of a minute; null where nobody looked, and for less than everything (admins).',
  })
  queueDepth!: number | null;
}

@ObjectType({ description: 'How far those have come who are enrolled now, each person once.' })
export class MetricsFunnel {
  @Field(() => Int, { description: 'Who is enrolled.' })
  enrolled!: number;

  @Field(() => Int, { description: 'Of those, who has linked a Discord account, or has been in a server.' })
  linked!: number;

  @Field(() => Int, { description: 'Who was ever invited or brought in.' })
  invited!: number;

  @Field(() => Int, { description: 'Who has ever been in a server of theirs.' })
  joined!: number;

  @Field(() => Int, { description: 'Who is in one now, and has been for 7 days or more.' })
  stayed7Days!: number;

  @Field(() => Int, { description: 'Who is in one now, and has been for 30 days or more.' })
  stayed30Days!: number;
}

@ObjectType({ description: 'A measure beside what it should reach.' })
export class MetricTarget {
  @Field({ description: 'The field of Metrics.' })
  metric!: string;

  @Field(() => Float, { description: 'What it should reach, 0 to 1.' })
  target!: number;

  @Field(() => Float, { nullable: true, description: 'What it is; null when it cannot be told.' })
  value!: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is reached; null when it cannot be told.' })
  met!: boolean | null;
}

@ObjectType({
  description:
    'How well it goes, over one course or all that the viewer teaches (admins: all). Rates are 0 to 1, and 0 when there is nothing to be a share of.',
})
export class Metrics {
  @Field(() => Int, { description: 'People who are enrolled now, each once.' })
  enrolledStudents!: number;

  @Field(() => Int, { description: 'Of those, who has linked a Discord account that works.' })
  connectedUsers!: number;

  @Field(() => Float, { description: 'Connected ÷ enrolled, 0 to 1.' })
  connectionRate!: number;

  @Field(() => Int, { description: 'Courses with an active server.' })
  coursesWithServer!: number;

  @Field(() => Float, { description: 'Instructors with an active server ÷ instructors with a course.' })
  instructorAdoptionRate!: number;

  @Field(() => Int, { description: 'Servers that an active configuration names, each once.' })
  activeServers!: number;

  @Field(() => Int, { description: 'Invites made in the window, renewed ones too.' })
  invitationsSent!: number;

  @Field(() => Float, {
    description: 'Of the memberships that were invited in the window, those that became joined afterwards.',
  })
  invitationSuccessRate!: number;

  @Field(() => Float, { description: 'Still joined ÷ ever joined, 0 to 1: of those who joined in the window.' })
  retentionRate!: number;

  @Field(() => Int, {
    description:
      'Calls to Discord in the window; of a course: those for its servers, also where another course shares them.',
  })
  apiCalls!: number;

  @Field(() => Float, {
    description:
      'Calls that Discord did not answer, or answered by 5xx, 401 or 429 ÷ all. What it refuses about a person or a server is an answer.',
  })
  apiErrorRate!: number;

  @Field(() => Float, {
    description:
      'Minutes with the gateway ready and Discord calls succeeding ÷ all minutes of the window since the first start with a bot; 1 before that. A minute in which the service did not run was down.',
  })
  discordUptime!: number;

  @Field(() => Float, {
    description: 'Manual mode: of the enrolled students of courses with a link, those who have pressed Join.',
  })
  joinClickRate!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Members seen writing in the last 7 days ÷ joined; null unless engagement counting is switched on (who and which day only, never content), or for a window that ended longer ago than the days are kept (35).',
  })
  weeklyActiveRate!: number | null;

  @Field(() => Float, { description: 'Manual mode: instructors with a link ÷ instructors with a course.' })
  linkAdoptionRate!: number;

  @Field(() => [MetricTarget], { description: 'What should be reached beside what is.' })
  targets!: MetricTarget[];

  @Field(() => Int, { description: 'Memberships that wait for a worker now.' })
  queueDepth!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      "From the enrollment's commit to the role on Discord, seconds, median (from the linking, where that came later); null when nobody was added in the window.",
  })
  timeToRoleP50!: number | null;

  @Field(() => Float, { nullable: true, description: 'The same, of which 95 of 100 are below.' })
  timeToRoleP95!: number | null;
}
