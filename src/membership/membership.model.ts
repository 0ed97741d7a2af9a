import { Field, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import { countedConnectionType } from '../graphql/page-type';
import { GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { type MembershipReason, type MembershipStatus } from './claim.policy';
import { type NextStep } from './explanation.policy';

const STATUSES = {
  PENDING: { value: 'pending', description: 'Not in the server yet.' },
  INVITED: { value: 'invited', description: 'Not in the server yet; an invite is out.' },
  JOINED: { value: 'joined', description: 'In the server.' },
  LEFT: { value: 'left', description: 'Left the server by their own will.' },
  REMOVED: { value: 'removed', description: 'Access of this course has ended.' },
} as const satisfies Record<Uppercase<MembershipStatus>, { value: MembershipStatus; description: string }>;

/** GraphQL's names for what the database spells in lower case. */
export const MembershipStatusEnum = Object.fromEntries(
  Object.entries(STATUSES).map(([name, { value }]) => [name, value]),
);
registerEnumType(MembershipStatusEnum, {
  name: 'MembershipStatus',
  description: 'Where a student stands.',
  valuesMap: STATUSES,
});

const REASONS = {
  QUEUED: 'It is about to be looked at.',
  NOT_INVITED: 'Enrolling alone does not invite here; staff or the student has to ask.',
  ACCOUNT_NOT_LINKED: 'The student has linked no Discord account.',
  CONNECTION_REVOKED: 'Discord no longer accepts the grant of the linked account.',
  INVITE_OPEN: 'An invite for this student can be used.',
  INVITE_EXPIRED: 'The invite was not used in time.',
  GUILD_LIMIT_REACHED: 'The account is in as many servers as Discord lets it.',
  BANNED: 'The account is banned from the server.',
  ADDED: 'We added the student.',
  ALREADY_MEMBER: 'The student was in the server already.',
  USED_INVITE: 'The student came by the invite.',
  LEFT_BY_CHOICE: 'The student left.',
  ENROLLMENT_ENDED: 'The enrollment has ended.',
  GRACE_PERIOD: 'The enrollment has ended; the removal follows when the grace is over.',
  REMOVED_BY_STAFF: 'Staff or a moderator removed the student.',
  REMOVAL_HELD: 'The removal waits until somebody decides.',
  STILL_ENROLLED_ELSEWHERE: 'Another course keeps the student in the server.',
  PROTECTED_MEMBER: 'The student stays in the server and has lost our role only.',
  SCREENING_PENDING: "The student has not passed the server's membership screening yet.",
  JOINING_LIMITED: 'Discord keeps the account from joining servers for now.',
  SERVER_NOT_READY: 'The server refuses the bot; see its preflight.',
  DISCORD_UNAVAILABLE: 'Discord gives no answer; it is tried again.',
} as const satisfies Record<MembershipReason, string>;

export const MembershipReasonEnum = Object.fromEntries(Object.keys(REASONS).map((name) => [name, name]));
registerEnumType(MembershipReasonEnum, {
  name: 'MembershipReason',
  description: 'Why a membership stands where it stands.',
  valuesMap: Object.fromEntries(Object.entries(REASONS).map(([name, description]) => [name, { description }])),
});

const NEXT_STEPS = {
  JOIN: 'Press Join.',
  CONNECT_DISCORD: 'Connect a Discord account.',
  RECONNECT_DISCORD: 'Connect the Discord account again.',
  OPEN_INVITE: 'Open the invite.',
  REQUEST_NEW_INVITE: 'Ask for a new invite.',
  LEAVE_A_SERVER: 'Leave another Discord server, then try again.',
  COMPLETE_SCREENING: "Accept the server's rules in Discord.",
  REJOIN: 'Ask to come back.',
  FIX_SERVER: "Mend what the server's preflight names (staff).",
  CONFIRM_REMOVALS: 'Confirm or cancel the removals (staff).',
  WAIT: 'Nothing: it goes on by itself.',
} as const satisfies Record<NextStep, string>;

export const NextStepEnum = Object.fromEntries(Object.keys(NEXT_STEPS).map((name) => [name, name]));
registerEnumType(NextStepEnum, {
  name: 'NextStep',
  description: 'What the student (or the instructor) can do next.',
  valuesMap: Object.fromEntries(Object.entries(NEXT_STEPS).map(([name, description]) => [name, { description }])),
});

@ObjectType({ description: "One student's membership in one server of a course." })
export class Membership {
  @Field(() => GraphQLUuid, { description: 'The id of this membership.' })
  id!: string;

  /** For the fields that show them: student and course. */
  userId!: string;
  courseId!: string;
  courseTitle!: string;

  @Field(() => GraphQLSnowflake, { description: "The server's Discord id." })
  guildId!: string;

  @Field({ description: "The server's name." })
  guildName!: string;

  @Field(() => GraphQLSnowflake, {
    nullable: true,
    description: 'The account that it is about; null while none is linked.',
  })
  discordUserId!: string | null;

  @Field(() => MembershipStatusEnum, { description: 'Where the student stands.' })
  status!: MembershipStatus;

  @Field(() => MembershipReasonEnum, { description: 'Why.' })
  reason!: MembershipReason;

  @Field(() => String, { nullable: true, description: 'Only for the student concerned and for staff.' })
  inviteLink!: string | null;

  @Field(() => Date, { nullable: true, description: 'When the last invite was made.' })
  invitationSentAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When the student came in, the last time.' })
  joinedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When access of this course ended; null while it lasts.' })
  removedAt!: Date | null;

  @Field({ description: 'True once Discord has been brought to what is desired.' })
  inSync!: boolean;

  @Field({ description: 'When status, reason, account or invite last changed.' })
  updatedAt!: Date;
}

@ObjectType({ description: 'One page of memberships.' })
export class MembershipConnection extends countedConnectionType('Membership', () => Membership) {}

@InputType({ description: 'Which memberships are asked for; each that is given has to hold.' })
export class MembershipFilter {
  @Field(() => [MembershipStatusEnum], { nullable: true, description: 'Any of these.' })
  status?: MembershipStatus[] | null;

  @Field(() => [MembershipReasonEnum], { nullable: true, description: 'Any of these.' })
  reason?: MembershipReason[] | null;

  @Field(() => GraphQLSnowflake, { nullable: true, description: 'In this server.' })
  guildId?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether Discord has been brought to what is desired.' })
  inSync?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Part of the student's name or Discord name, or their whole id, here or on Discord; 1 to 100 characters.",
  })
  search?: string | null;
}

@ObjectType({ description: 'One change: status and reason as of this seq (also on replay); membership as it is now.' })
export class MembershipChange {
  @Field({ description: 'Its place in the log: give it as "after" to go on from here.' })
  seq!: string;

  @Field(() => MembershipStatusEnum, { description: 'What it became.' })
  status!: MembershipStatus;

  @Field(() => MembershipReasonEnum, { description: 'Why.' })
  reason!: MembershipReason;

  @Field(() => MembershipStatusEnum, { nullable: true, description: 'What it was before; null when it is new.' })
  previousStatus!: MembershipStatus | null;

  @Field({ description: 'When it was written down.' })
  at!: Date;

  /** For the field that shows it. */
  membershipId!: string;
}
