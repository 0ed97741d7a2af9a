import { Args, Context, Query, Resolver, Subscription } from '@nestjs/graphql';
import { SignedIn } from '../common/access';
import { DomainError } from '../common/domain-error';
import { callerOf } from '../graphql/caller-of';
import { type GraphqlContext } from '../graphql/context';
import { After, First } from '../graphql/page-arguments';
import { type ConnectionOf, toConnection } from '../graphql/page-type';
import { AuditLogFilter } from './audit-log-filter.input';
import { AuditLogHistory } from './audit-log.history';
import { AuditLogConnection, AuditLogEntry } from './audit-log.model';
import { AuditLogStream } from './audit-log.stream';
import { LogEnd } from './log-end';
import { type LogRow } from './log-row';

@Resolver()
export class AuditLogResolver {
  constructor(
    private readonly history: AuditLogHistory,
    private readonly stream: AuditLogStream,
    private readonly end: LogEnd,
  ) {}

  @Query(() => AuditLogConnection, {
    description: 'The log, newest first: students see what concerns them, staff their courses, admins everything.',
  })
  @SignedIn()
  async auditLog(
    @Context() context: GraphqlContext,
    @First() first: number | null,
    @Args('filter', { type: () => AuditLogFilter, nullable: true, description: 'Only those that fit it.' })
    filter?: AuditLogFilter | null,
    @After() after?: string | null,
  ): Promise<ConnectionOf<LogRow>> {
    return toConnection(await this.history.page(callerOf(context), filter ?? {}, { first: first ?? 50, after }));
  }

  @Query(() => String, {
    description:
      'Where the log ended before anything else of this answer was read: a subscription with this as "after" tells of everything that the answer does not show yet. Over HTTP only.',
  })
  @SignedIn()
  async logEnd(@Context() context: GraphqlContext): Promise<string> {
    if (!context.req)
      throw new DomainError('BAD_USER_INPUT', 'Ask for "logEnd" over HTTP: elsewhere it would be read too late.');
    return (await this.end.of(context)).toString();
  }

  @Subscription(() => AuditLogEntry, {
    description: 'New entries of the log as they are committed; with "after" (a seq) everything since comes first.',
    resolve: (row: LogRow) => row,
  })
  @SignedIn()
  auditLogAppended(
    @Context() context: GraphqlContext,
    @Args('filter', { type: () => AuditLogFilter, nullable: true, description: 'Only those that fit it.' })
    filter?: AuditLogFilter | null,
    @Args('after', {
      type: () => String,
      nullable: true,
      description: 'A seq of the log: everything since then comes first.',
    })
    after?: string | null,
  ): Promise<AsyncIterableIterator<LogRow, undefined>> {
    return this.stream.follow(callerOf(context), filter ?? {}, after);
  }
}
