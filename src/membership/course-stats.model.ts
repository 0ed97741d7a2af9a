import { Field, Int, ObjectType } from '@nestjs/graphql';

@ObjectType({
  description:
    'How many students of a course stand where. Of a student with several servers the one counts that most needs a person.',
})
export class CourseStats {
  @Field(() => Int, { description: 'Who is enrolled now.' })
  enrolled!: number;

  @Field(() => Int, { description: 'Who of them has linked a Discord account.' })
  linked!: number;

  @Field(() => Int, { description: 'Who has an invite.' })
  invited!: number;

  @Field(() => Int, { description: 'Who is in.' })
  joined!: number;

  @Field(() => Int, { description: 'Who left by themselves.' })
  left!: number;

  @Field(() => Int, { description: 'Whose access has ended.' })
  removed!: number;

  @Field(() => Int, { description: 'Who waits, or has to do something first.' })
  pending!: number;
}
