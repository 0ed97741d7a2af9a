import { Field, InputType } from '@nestjs/graphql';
import { GraphQLDateTime, GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { type AuditAction as Action } from './audit-log';
import { type LogFilter } from './audit-log-filter';
import { AuditAction, AuditStatus } from './audit-log.model';
import { type LogRow } from './log-row';

@InputType({ description: 'Which entries of the log are wanted. Never more than the caller may see.' })
export class AuditLogFilter implements LogFilter {
  @Field(() => [AuditAction], { nullable: true, description: 'Any of these.' })
  action?: Action[] | null;

  @Field(() => [AuditStatus], { nullable: true, description: 'Any of these.' })
  status?: LogRow['status'][] | null;

  @Field(() => GraphQLUuid, { nullable: true, description: 'The student concerned.' })
  userId?: string | null;

  @Field(() => GraphQLUuid, { nullable: true, description: 'The course concerned.' })
  courseId?: string | null;

  @Field(() => GraphQLSnowflake, { nullable: true, description: 'The server concerned.' })
  guildId?: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'This instant and later.' })
  since?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Before this instant.' })
  until?: Date | null;
}
