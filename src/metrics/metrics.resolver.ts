import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { GraphQLUuid } from '../graphql/scalars';
import { Metrics, MetricsBucketEnum, MetricsFunnel, MetricsPoint } from './metrics.model';
import {
  type FunnelRow,
  type MetricsBucket,
  type MetricsPointRow,
  MetricsReader,
  type MetricsRow,
} from './metrics-reader';

@Resolver(() => Metrics)
export class MetricsResolver {
  constructor(private readonly reader: MetricsReader) {}

  @Query(() => Metrics, {
    description:
      'How well it goes: over one course, or all that the viewer teaches. Without since: the 30 days before until, which is now unless given.',
  })
  @SignedIn()
  metrics(
    @Context() context: GraphqlContext,
    @Args('courseId', { type: () => GraphQLUuid, nullable: true, description: 'This course only.' })
    courseId?: string | null,
    @Args('since', { type: () => Date, nullable: true, description: 'From here on; that moment counts.' })
    since?: Date | null,
    @Args('until', {
      type: () => Date,
      nullable: true,
      description: 'Up to here; that moment does not count any more.',
    })
    until?: Date | null,
  ): Promise<MetricsRow> {
    return this.reader.of(callerOf(context), {
      courseId: courseId ?? null,
      since: since ?? null,
      until: until ?? null,
    });
  }

  @ResolveField(() => [MetricsPoint], { description: 'What happened over the window, bucket by bucket; up to 1,000.' })
  series(
    @Context() context: GraphqlContext,
    @Parent() row: MetricsRow,
    @Args('bucket', {
      type: () => MetricsBucketEnum,
      nullable: true,
      defaultValue: 'DAY',
      description: 'How wide a point is.',
    })
    bucket: MetricsBucket | null,
  ): Promise<MetricsPointRow[]> {
    return this.reader.series(callerOf(context), row, bucket ?? 'DAY');
  }
  @ResolveField(() => MetricsFunnel, { description: 'How far those have come who are enrolled now.' })
  funnel(@Context() context: GraphqlContext, @Parent() row: MetricsRow): Promise<FunnelRow> {
    return this.reader.funnel(callerOf(context), row);
  }
}
