import { type Membership } from '../../membership/membership.model';
import { type ServerForecast } from '../../membership/removal-forecasts';
import { plainName } from '../../membership/welcome.policy';
import { type Visitor } from '../visitor';
import { stateField } from './access-field';
import { type Reply } from './reply';

/** Whom, and from which course. */
export interface Removal {
  readonly userId: string;
  readonly student: string;
  readonly courseId: string;
  readonly course: string;
}

/** Before a removal: what it will really do, and the button that does it. */
export function removalQuestion(
  { userId, student, courseId, course }: Removal,
  forecasts: readonly ServerForecast[],
  reason: string | null,
  { texts }: Visitor,
): Reply {
  const { remove, anotherCourse, cancel } = texts;
  const lines = forecasts.map(({ guildName, outcome, keptBy }) => {
    const others = keptBy.map(({ title }) => `“${plainName(title)}”`).join(', ');
    return `${forecasts.length > 1 ? '• ' : ''}${remove.outcome[outcome](`**${plainName(guildName)}**`, others === '' ? anotherCourse : others)}`;
  });
  return {
    headline: remove.ask(plainName(student), plainName(course)),
    tone: 'warning',
    text: [...lines, remove.comingBack].join('\n'),
    // The button brings the message along, and with it the reason, which is too long for the button itself.
    ...(reason === null ? {} : { footer: remove.reason(reason) }),
    buttons: [
      { label: remove.confirm, id: `remove/confirm/${courseId}/${userId}`, style: 'danger' },
      { label: cancel, id: 'cancel' },
    ],
  };
}

/** The reason that stands in a question, without the word before it; null when none was given. */
export function reasonIn(footer: string | undefined): string | null {
  return footer === undefined ? null : footer.slice(footer.indexOf(': ') + 2);
}

export function removalUnderWay({ student, course }: Removal, { texts }: Visitor): Reply {
  return { headline: texts.remove.working(plainName(student), plainName(course)), tone: 'plain' };
}

export function removalDone({ student, course }: Removal, memberships: readonly Membership[], visitor: Visitor): Reply {
  return {
    headline: visitor.texts.remove.done(plainName(student), plainName(course)),
    tone: 'good',
    fields: memberships.map((membership) => stateField(membership, visitor, 'they')),
  };
}
