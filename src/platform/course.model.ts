import { Field, ObjectType } from '@nestjs/graphql';
import { GraphQLUuid } from '../graphql/scalars';

@ObjectType({ description: 'A course of the platform.' })
export class Course {
  @Field(() => GraphQLUuid, { description: "The platform's id." })
  id!: string;

  @Field({ description: 'What the platform calls the course.' })
  title!: string;

  @Field(() => GraphQLUuid, { description: 'The user who owns the course.' })
  instructorId!: string;
}
