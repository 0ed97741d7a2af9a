import { explain, nextStepOf, type Person } from '../../membership/explanation.policy';
import { type Membership } from '../../membership/membership.model';
import { plainName } from '../../membership/welcome.policy';
import { type Visitor } from '../visitor';

type Words = Pick<Visitor, 'language' | 'texts'>;

/** A field of an embed. */
interface Field {
  readonly name: string;
  readonly value: string;
}

/** How a membership stands and why. */
export function stateField(membership: Membership, { language, texts }: Words, person: Person): Field {
  const names = { server: plainName(membership.guildName), course: plainName(membership.courseTitle) };
  return {
    name: `${names.course} · ${texts.status[membership.status]}`,
    value: explain(membership.reason, names, language, person),
  };
}

/** The same with the one thing to do, where there is one. */
export function accessField(membership: Membership, words: Words, person: Person): Field {
  const { name, value } = stateField(membership, words, person);
  const todo = thingToDo(membership, words, person);
  return { name, value: todo === null ? value : `${value}\n**${words.texts.whatToDo}:** ${todo}` };
}

/** Where somebody stands in each course, in one line. */
export function accessSummary(memberships: readonly Membership[], { texts }: Pick<Visitor, 'texts'>): string {
  return memberships.map(({ status, courseTitle }) => `${texts.status[status]} (${plainName(courseTitle)})`).join(', ');
}

function thingToDo({ reason }: Membership, { texts }: Words, person: Person): string | null {
  const step = nextStepOf(reason);
  if (step !== null) return texts.nextStep[person][step];
  switch (reason) {
    case 'BANNED':
    case 'ENROLLMENT_ENDED':
    case 'REMOVED_BY_STAFF':
      return texts.wayBack[reason][person];
    default:
      return null;
  }
}
