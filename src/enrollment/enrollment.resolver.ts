import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { GraphQLDateTime, GraphQLUuid } from '../graphql/scalars';
import { Enrollments } from './enrollments';

@Resolver()
export class EnrollmentResolver {
  constructor(private readonly enrollments: Enrollments) {}

  @Mutation(() => Boolean, {
    description: 'Staff and service accounts: what the enrollment webhook does, over GraphQL. True once it stands.',
  })
  @SignedIn()
  async setEnrollment(
    @Context() context: GraphqlContext,
    @Args('userId', { type: () => GraphQLUuid, description: 'The student.' }) userId: string,
    @Args('courseId', { type: () => GraphQLUuid, description: 'The course.' }) courseId: string,
    @Args('active', { description: 'False: the enrollment is deleted.' }) active: boolean,
    @Args('expiresAt', { type: () => GraphQLDateTime, nullable: true, description: 'When it ends by itself.' })
    expiresAt?: Date | null,
  ): Promise<boolean> {
    await this.enrollments.setAs(callerOf(context), { userId, courseId, active, expiresAt: expiresAt ?? null });
    return true;
  }
}
