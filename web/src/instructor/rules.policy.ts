import { type Language } from '../texts/language';
import { type CourseServerFragment } from './course.generated';

/** How a course keeps its server: what an instructor decides beside channel and role. */
export type Rules = Pick<
  CourseServerFragment,
  | 'welcomeMessage'
  | 'autoInvite'
  | 'adoptExisting'
  | 'roleAfterScreening'
  | 'driftPolicy'
  | 'removalPolicy'
  | 'removalGraceHours'
>;

export function rulesOf(server: CourseServerFragment): Rules {
  const { welcomeMessage, autoInvite, adoptExisting, roleAfterScreening, driftPolicy, removalPolicy } = server;
  const { removalGraceHours } = server;
  return {
    welcomeMessage,
    autoInvite,
    adoptExisting,
    roleAfterScreening,
    driftPolicy,
    removalPolicy,
    removalGraceHours,
  };
}

export const FIRST_RULES: Rules = {
  welcomeMessage: null,
  autoInvite: true,
  adoptExisting: false,
  roleAfterScreening: false,
  driftPolicy: 'REPAIR',
  removalPolicy: 'KICK',
  removalGraceHours: 0,
};

export const MAX_GRACE_HOURS = 8_760;
export const MAX_WELCOME = 1_500;

/** A Friday, 10:00: when the example's access ends. */
const EXAMPLE = new Date(2027, 0, 1, 10);

/** When the example's access ends and when something is done about it, as "Friday 10:00"; a week later and more with the days. */
export function exampleTimes(graceHours: number, language: Language): { readonly ends: string; readonly acts: string } {
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'id-ID', {
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    ...(graceHours >= 6 * 24 ? { day: 'numeric', month: 'long' } : {}),
  });
  const acts = new Date(EXAMPLE);
  acts.setHours(acts.getHours() + graceHours);
  return { ends: format.format(EXAMPLE), acts: format.format(acts) };
}

/** The welcome as it will stand in the channel. In one pass: a name that looks like a placeholder is a name. */
export function welcomePreview(
  template: string,
  values: { readonly student: string; readonly course: string; readonly server: string },
): string {
  return template.replace(/\{(student|course|server)\}/g, (_, name: keyof typeof values) => values[name]);
}
