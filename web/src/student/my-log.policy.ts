import { type MyLogQuery } from './my-log.generated';
import { type myLogTexts } from './my-log-texts';

export type LogEntry = MyLogQuery['auditLog']['nodes'][number];
type Sentences = (typeof myLogTexts)['en'];

/** An entry of the log as a sentence for the student whom it is about. */
export function sentenceOf(
  { action, status, actorId, details }: LogEntry,
  userId: string,
  { course, server }: { readonly course: string; readonly server: string },
  words: Sentences,
): string {
  const hasFailed = status === 'FAILED';
  switch (action) {
    case 'LINK':
      return hasFailed ? words.linkLost : words.linked;
    case 'UNLINK':
      return words.unlinked;
    case 'ENROLLMENT':
      return status === 'PENDING' || isRecord(details) ? words.enrolled(course) : words.waiting(course);
    case 'ADD':
      return hasFailed ? words.addFailed(server) : words.added(server);
    case 'JOIN':
      return hasFailed ? words.inviteMisused(server) : words.joined(server);
    case 'LEAVE':
      return words.left(server);
    case 'REMOVE':
      if (hasFailed) return words.removeFailed(server);
      return actorId !== null && actorId !== userId ? words.removedByStaff(course) : words.removed(course);
    case 'INVITE':
      if (hasFailed)
        return isRecord(details) && details['revoked'] === false
          ? words.inviteKept(server)
          : words.inviteFailed(server);
      if (isRecord(details) && details['revoked'] === true) return words.inviteRevoked(server);
      return status === 'PENDING' ? words.inviteAsked(server) : words.invited(server);
    case 'ROLE_GRANT':
      return hasFailed ? words.roleFailed(server) : words.roleGiven(server);
    case 'ROLE_REVOKE':
      return hasFailed ? words.roleFailed(server) : words.roleTaken(server);
    case 'CLICK':
      return hasFailed ? words.clickedDead(course) : words.clicked(course);
    default:
      return words.failed(server);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
