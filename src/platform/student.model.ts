import { Field, ObjectType } from '@nestjs/graphql';
import { GraphQLUuid } from '../graphql/scalars';

@ObjectType({ description: 'A person of the platform, as a course sees them.' })
export class Student {
  @Field(() => GraphQLUuid, { description: "The platform's user id." })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The name that the person gave the platform; null when there is none.',
  })
  displayName!: string | null;
}
