import { explain, nextStepOf, type Person } from '../../membership/explanation.policy';
import { type Membership } from '../../membership/membership.model';
import { plainName } from '../../membership/welcome.policy';
import { type Visitor } from '../visitor';

/** How a membership stands, why, and the one thing to do: as a field of an embed. */
export function accessField(
  membership: Membership,
  { language, texts }: Pick<Visitor, 'language' | 'texts'>,
  person: Person,
): { readonly name: string; readonly value: string } {
  const names = { server: plainName(membership.guildName), course: plainName(membership.courseTitle) };
  const nextStep = nextStepOf(membership.reason);
  const todo = nextStep === null ? [] : [`**${texts.whatToDo}:** ${texts.nextStep[person][nextStep]}`];
  return {
    name: `${names.course} · ${texts.status[membership.status]}`,
    value: [explain(membership.reason, names, language, person), ...todo].join('\n'),
  };
}

/** Where somebody stands in each course, in one line. */
export function accessSummary(memberships: readonly Membership[], { texts }: Pick<Visitor, 'texts'>): string {
  return memberships.map(({ status, courseTitle }) => `${texts.status[status]} (${plainName(courseTitle)})`).join(', ');
}
