import { Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import { connectionType } from '../graphql/page-type';
import { GraphQLDateTime, GraphQLJson, GraphQLSnowflake, GraphQLUuid } from '../graphql/scalars';
import { type AuditAction as Action, AUDIT_ACTIONS } from './audit-log';
import { type LogRow } from './log-row';

const upper = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name.toUpperCase(), name]));

/** GraphQL's names of what the table keeps in lower case. */
export const AuditAction = upper(AUDIT_ACTIONS);
export const AuditStatus = upper(['success', 'failed', 'pending']);

registerEnumType(AuditAction, {
  name: 'AuditAction',
  description: 'What an entry of the log tells of.',
  valuesMap: {
    LINK: { description: 'A Discord account was linked.' },
    UNLINK: { description: 'A Discord account was given up, or its data erased.' },
    INVITE: { description: 'An invite was made for a student.' },
    ADD: { description: 'The service brought a student into a server.' },
    JOIN: { description: 'A student came into a server.' },
    LEAVE: { description: 'A student left a server.' },
    REMOVE: { description: 'Access ended: a student was removed, lost the role or was left as they are.' },
    ROLE_GRANT: { description: 'A student was given a role.' },
    ROLE_REVOKE: { description: 'A role was taken from a student.' },
    SYNC: { description: 'A server was compared with what is desired.' },
    CONFIG_CREATE: { description: 'A course was connected with a server.' },
    CONFIG_UPDATE: { description: 'A server configuration was changed.' },
    CONFIG_DELETE: { description: 'A course was disconnected from a server.' },
    ENROLLMENT: { description: 'An enrollment began, changed or ended.' },
    HEALTH: { description: 'A server became able or unable to be served.' },
    HOLD: { description: 'Removals wait until somebody decides.' },
    CONFIRM: { description: 'Somebody decided about removals that waited.' },
    CLICK: { description: "Somebody opened a course's Discord link." },
    ERROR: { description: 'Something went wrong that a person should know of.' },
  },
});
registerEnumType(AuditStatus, {
  name: 'AuditStatus',
  description: 'How it ended.',
  valuesMap: {
    SUCCESS: { description: 'It was done.' },
    FAILED: { description: 'It could not be done; errorMessage says why.' },
    PENDING: { description: 'It has only been started.' },
  },
});

@ObjectType({ description: 'One entry of the log: what was done, to whom, by whom and how it ended.' })
export class AuditLogEntry {
  @Field(() => GraphQLUuid, { description: 'Identifies the entry.' })
  id!: string;

  @Field(() => String, { description: 'Its place in the order of commits: give it as "after" to go on from here.' })
  seq!: string;

  @Field(() => AuditAction, { description: 'What was done.' })
  action!: Action;

  @Field(() => AuditStatus, { description: 'How it ended.' })
  status!: LogRow['status'];

  @Field(() => GraphQLUuid, { nullable: true, description: 'Who did it; null for the service itself.' })
  actorId!: string | null;

  @Field(() => GraphQLUuid, { nullable: true, description: 'The student concerned.' })
  userId!: string | null;

  @Field(() => GraphQLUuid, { nullable: true, description: 'The course concerned; null when it is about none.' })
  courseId!: string | null;

  @Field(() => GraphQLSnowflake, { nullable: true, description: 'The server concerned; null when it is about none.' })
  guildId!: string | null;

  @Field(() => GraphQLJson, { nullable: true, description: 'For programs: what else there is to know.' })
  details!: Readonly<Record<string, unknown>> | null;

  @Field(() => String, { nullable: true, description: 'What went wrong, as a sentence.' })
  errorMessage!: string | null;

  @Field(() => GraphQLDateTime, { description: 'When it was written down.' })
  createdAt!: Date;
}

@ObjectType({ description: 'A page of the log, newest first.' })
export class AuditLogConnection extends connectionType('AuditLog', () => AuditLogEntry) {}
