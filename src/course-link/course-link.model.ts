import { Field, Int, ObjectType } from '@nestjs/graphql';
import { GraphQLDateTime } from '../graphql/scalars';
import { Membership } from '../membership/membership.model';

@ObjectType({ description: 'Who pressed Join, and whether they are in the server.' })
export class LinkVisit {
  /** Whose visit it is; the field `student` shows them. */
  userId!: string;

  @Field(() => GraphQLDateTime, { description: 'When they pressed it first.' })
  firstClickedAt!: Date;

  @Field(() => Int, { description: 'How often they pressed it.' })
  clicks!: number;

  @Field(() => Boolean, {
    nullable: true,
    description: "What the bot sees where there is one, else the instructor's tick; null: nobody has said.",
  })
  confirmedMember!: boolean | null;
}

@ObjectType({ description: 'Manual mode: a plain invite link that the instructor pasted.' })
export class CourseDiscordLink {
  id!: string;
  courseId!: string;

  @Field(() => String, { description: 'The link.' })
  inviteLink!: string;

  @Field(() => String, { nullable: true, description: 'The name of the server that it leads to.' })
  serverName!: string | null;

  @Field(() => Int, { description: 'How often it was asked for by Join.' })
  clicks!: number;

  @Field(() => Int, { description: 'By how many students.' })
  uniqueStudents!: number;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Null until it was looked up; false once Discord no longer knows it. Looked up once a day.',
  })
  working!: boolean | null;

  @Field(() => GraphQLDateTime, { description: 'When the course got a link.' })
  createdAt!: Date;
}

@ObjectType({ description: 'What pressing Join came to.' })
export class JoinResult {
  @Field(() => String, {
    nullable: true,
    description:
      "Manual mode, or no bot just now: the instructor's link. Automatic mode: the student's own invite, if there is one.",
  })
  url!: string | null;

  @Field(() => Membership, { nullable: true, description: 'Automatic mode: the membership that was set going.' })
  membership!: Membership | null;

  @Field(() => String, {
    description:
      'One sentence for the student, in the language of Accept-Language (en, id): what to do, or what is wrong.',
  })
  explanation!: string;
}
