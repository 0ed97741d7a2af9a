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

  @Field(() => Int)
  invited!: number;

  @Field(() => Int)
  joined!: number;

  @Field(() => Int)
  left!: number;

  @Field(() => Int)
  removed!: number;

  @Field(() => Int)
  pending!: number;
}
