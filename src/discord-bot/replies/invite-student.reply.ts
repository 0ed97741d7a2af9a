import { type Membership } from '../../membership/membership.model';
import { plainName } from '../../membership/welcome.policy';
import { type Visitor } from '../visitor';
import { accessField } from './access-field';
import { type Reply } from './reply';

/** What came of inviting a student: where they stand in each server of the course, and their invite where there is one. */
export function inviteStudentReply(
  student: string,
  course: string,
  memberships: readonly Membership[],
  visitor: Visitor,
): Reply {
  const { invite } = visitor.texts;
  const isIn = memberships.every(({ status }) => status === 'joined');
  const isInvited = memberships.some(({ status }) => status === 'invited');
  const outcome = isIn ? invite.isIn : isInvited ? invite.invited : invite.notYet;
  return {
    headline: outcome(plainName(student), plainName(course)),
    tone: isIn ? 'good' : 'plain',
    fields: memberships.map((membership) => accessField(membership, visitor, 'they')),
    buttons: memberships.flatMap(({ reason, inviteLink }) =>
      reason === 'INVITE_OPEN' && inviteLink !== null ? [{ label: invite.link, url: inviteLink }] : [],
    ),
  };
}
