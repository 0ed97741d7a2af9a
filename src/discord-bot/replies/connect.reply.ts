import { nextStepOf, type NextStep } from '../../membership/explanation.policy';
import { type Membership } from '../../membership/membership.model';
import { plainName } from '../../membership/welcome.policy';
import { type JoinRefusal } from '../texts/texts';
import { type Visitor } from '../visitor';
import { accessField, accessSummary } from './access-field';
import { type Reply, type ReplyButton } from './reply';

/** What somebody is shown of themselves in one server. */
export interface OwnState {
  readonly memberships: readonly Membership[];
  /** The titles of the courses that they teach here. */
  readonly taught: readonly string[];
  readonly directMessages: boolean;
  readonly page: string;
  /** Why they could not come in when they have just asked to. */
  readonly refused: JoinRefusal | null;
}

/** With these, asking again is what helps. */
const ASKS_AGAIN: readonly (NextStep | null)[] = ['JOIN', 'REJOIN', 'REQUEST_NEW_INVITE', 'LEAVE_A_SERVER'];

export function notConnectedReply({ texts }: Visitor, page: string): Reply {
  const { notConnected, connect } = texts.connect;
  return {
    headline: notConnected.what,
    tone: 'plain',
    text: notConnected.todo,
    buttons: [{ label: connect, url: page }],
  };
}

/** Where the asker stands in the courses of this server, with a button for the next step of each. */
export function connectReply(state: OwnState, visitor: Visitor): Reply {
  const { memberships, taught, directMessages, page, refused } = state;
  const { connect, openPage } = visitor.texts;
  const isStranger = memberships.length === 0 && taught.length === 0;
  const sentences = [
    ...(refused === null ? [] : [connect.refused[refused]]),
    ...(memberships.length > 0 ? [`${connect.heading}: ${accessSummary(memberships, visitor)}`] : []),
    ...(taught.length > 0 ? [connect.teaches(taught.map(plainName))] : []),
    ...(isStranger ? [connect.nothingHere.what] : []),
  ];
  const [headline = '', ...others] = sentences;
  const lines = [...others, ...(isStranger ? [connect.nothingHere.todo] : [])];
  return {
    headline,
    tone: refused === null && memberships.every(({ status }) => status === 'joined') ? 'good' : 'plain',
    ...(lines.length > 0 ? { text: lines.join('\n') } : {}),
    fields: memberships.map((membership) => accessField(membership, visitor, 'you')),
    footer: connect.messages[directMessages ? 'on' : 'off'],
    buttons: [
      ...memberships.flatMap((membership) => buttonOf(membership, visitor, page)),
      {
        label: connect.switchMessages[directMessages ? 'off' : 'on'],
        id: `connect/messages/${directMessages ? 'off' : 'on'}`,
      },
      { label: openPage, url: page },
    ],
  };
}

function buttonOf({ reason, courseId, courseTitle, inviteLink }: Membership, { texts }: Visitor, page: string) {
  const nextStep = nextStepOf(reason);
  const { rejoin, openInvite, reconnect } = texts.connect;
  const buttons: ReplyButton[] = [];
  if (ASKS_AGAIN.includes(nextStep))
    buttons.push({ label: rejoin(courseTitle), id: `connect/join/${courseId}`, style: 'primary' });
  if (nextStep === 'OPEN_INVITE' && inviteLink !== null)
    buttons.push({ label: openInvite(courseTitle), url: inviteLink });
  if (nextStep === 'RECONNECT_DISCORD') buttons.push({ label: reconnect, url: page });
  return buttons;
}
