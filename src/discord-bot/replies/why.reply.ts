import { type Membership } from '../../membership/membership.model';
import { type Visitor } from '../visitor';
import { accessField, accessSummary } from './access-field';
import { type Reply } from './reply';

/**
 * Why somebody is, or is not, in the server, and the one thing to do.
 * @param name of the person, as the asker knows them; Markdown
 */
export function whyReply(name: string, memberships: readonly Membership[], visitor: Visitor): Reply {
  const { why } = visitor.texts;
  if (memberships.length === 0) {
    const { what, todo } = why.nobody(name);
    return { headline: what, tone: 'plain', text: todo };
  }
  return {
    headline: `${why.heading(name)}: ${accessSummary(memberships, visitor)}`,
    tone: memberships.every(({ status }) => status === 'joined') ? 'good' : 'plain',
    fields: memberships.map((membership) => accessField(membership, visitor, 'they')),
  };
}

/** A student of whom nothing is recorded in this server. */
export function nothingYetReply(name: string, { texts }: Visitor): Reply {
  const { what, todo } = texts.why.nothingYet(name);
  return { headline: what, tone: 'plain', text: todo };
}
