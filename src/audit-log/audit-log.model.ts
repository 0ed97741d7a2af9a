import { Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import { connectionType } from '../graphql/page-type';
import { GraphQLDateTime, GraphQLJson, GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { type AuditAction as Action, AUDIT_ACTIONS } from './audit-log';
import { type LogRow } from './log-row';

const upper = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name.toUpperCase(), name]));

/** GraphQL's names of what the table keeps in lower case. */
export const AuditAction = upper(AUDIT_ACTIONS);
export const AuditStatus = upper(['success', 'failed', 'pending']);

registerEnumType(AuditAction, { name: 'AuditAction', description: 'What an entry of the log tells of.' });
registerEnumType(AuditStatus, { name: 'AuditStatus', description: 'How it ended; PENDING: it has only been started.' });

@ObjectType({ description: 'One entry of the log: what was done, to whom, by whom and how it ended.' })
export class AuditLogEntry {
  @Field(() => GraphQLUuid)
  id!: string;

  @Field(() => String, { description: 'Its place in the order of commits: give it as "after" to go on from here.' })
  seq!: string;

  @Field(() => AuditAction)
  action!: Action;

  @Field(() => AuditStatus)
  status!: LogRow['status'];

  @Field(() => GraphQLUuid, { nullable: true, description: 'Who did it; null for the service itself.' })
  actorId!: string | null;

  @Field(() => GraphQLUuid, { nullable: true, description: 'The student concerned.' })
  userId!: string | null;

  @Field(() => GraphQLUuid, { nullable: true })
  courseId!: string | null;

  @Field(() => GraphQLSnowflake, { nullable: true })
  guildId!: string | null;

  @Field(() => GraphQLJson, { nullable: true, description: 'For programs: what else there is to know.' })
  details!: Readonly<Record<string, unknown>> | null;

  @Field(() => String, { nullable: true })
  errorMessage!: string | null;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;
}

@ObjectType({ description: 'A page of the log, newest first.' })
export class AuditLogConnection extends connectionType('AuditLog', () => AuditLogEntry) {}
