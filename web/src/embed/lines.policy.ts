import { type NextStep } from '../api/enums.generated';
import { type CourseLine } from '../student/course-list.policy';

/** What somebody's list says of one course. */
export function linesOf(lines: readonly CourseLine[], courseId: string): readonly CourseLine[] {
  return lines.filter((line) => (line.kind === 'membership' ? line.membership.course.id : line.course.id) === courseId);
}

/** The steps by which somebody comes into a server. To connect an account is none: the connect card is for that. */
const WAYS_IN = new Set<NextStep | null>([
  'OPEN_INVITE',
  'JOIN',
  'REQUEST_NEW_INVITE',
  'LEAVE_A_SERVER',
  'REJOIN',
  'COMPLETE_SCREENING',
]);

/** The first of the lines where there is something to join. */
export function joinableOf(lines: readonly CourseLine[]): CourseLine | undefined {
  return lines.find((line) => {
    if (line.kind === 'course') return line.course.discordLink !== null && line.course.discordLink.working !== false;
    const { nextStep } = line.membership;
    return WAYS_IN.has(nextStep) || ((nextStep === 'WAIT' || nextStep === 'FIX_SERVER') && line.link !== null);
  });
}
