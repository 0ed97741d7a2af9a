import { Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import { failedChecks } from './preflight.policy';
import { type PreflightCheck, PreflightCheckId } from './preflight-check';

registerEnumType(PreflightCheckId, {
  name: 'PreflightCheckId',
  description: 'Everything that is asked of a server before the service works in it.',
  valuesMap: {
    BOT_PRESENT: { description: 'The bot is a member of the server.' },
    CREATE_INVITE: { description: 'The bot may bring people in, also by invites to the chosen channel.' },
    KICK_MEMBERS: { description: 'The bot may remove people; required only where that is the policy.' },
    MANAGE_ROLES: { description: 'The bot may give roles.' },
    VIEW_CHANNEL: { description: 'The bot sees the chosen channel.' },
    SEND_MESSAGES: { description: 'The bot may write in the chosen channel.' },
    VIEW_AUDIT_LOG: { description: 'The bot can tell who removed somebody. Not required.' },
    ROLE_EXISTS: { description: 'The chosen student role exists.' },
    ROLE_BELOW_BOT: {
      description: 'The bot can give the chosen role: it stands below the bot, and is meant for people.',
    },
    CHANNEL_EXISTS: { description: 'The chosen text channel exists.' },
    MEMBERS_INTENT: { description: 'The application may see who joins and leaves.' },
    VIEWER_MANAGES_GUILD: { description: 'Whoever asks holds Manage Server in the server.' },
  },
});

@ObjectType('PreflightCheck', { description: 'One thing that was asked of a server.' })
export class PreflightCheckModel implements Omit<PreflightCheck, 'concerns' | 'message'> {
  @Field(() => PreflightCheckId, { description: 'What was asked.' })
  id!: PreflightCheckId;

  @Field({ description: 'Whether it is as it should be.' })
  passed!: boolean;

  @Field({ description: 'Whether the service refuses to work in the server without it.' })
  required!: boolean;
}

@ObjectType({ description: 'What a server was asked, and what was found.' })
export class PreflightReport {
  @Field({ description: 'Whether everything required is in place.' })
  ok!: boolean;

  @Field({ description: 'When Discord was asked.' })
  checkedAt!: Date;

  @Field(() => [PreflightCheckModel], { description: 'Every check; none as long as nobody has looked.' })
  checks!: readonly PreflightCheck[];
}

/** What the fields of {@link PreflightReport} show. */
export interface ReportFields {
  readonly ok: boolean;
  readonly checkedAt: Date;
  readonly checks: readonly PreflightCheck[];
}

export function toPreflightReport(checkedAt: Date, checks: readonly PreflightCheck[]): ReportFields {
  return { ok: checks.length > 0 && failedChecks(checks).length === 0, checkedAt, checks };
}
