import { type CourseLogQuery } from './course-log.generated';
import { type courseLogTexts } from './course-log-texts';

export type LogEntry = CourseLogQuery['auditLog']['nodes'][number];
type Sentences = (typeof courseLogTexts)['en'];

/** An entry of the log as a sentence for those who teach the course. @param who the student whom it is about */
export function sentenceOf(
  { action, status, actorId, userId, details }: Omit<LogEntry, 'id' | 'createdAt' | 'errorMessage' | 'student'>,
  who: string,
  words: Sentences,
): string {
  const hasFailed = status === 'FAILED';
  const known: Readonly<Record<string, unknown>> = isRecord(details) ? details : {};
  switch (action) {
    case 'LINK':
      return hasFailed ? words.linkLost(who) : words.linked(who);
    case 'UNLINK':
      return words.unlinked(who);
    case 'ENROLLMENT':
      if (known['active'] === false) return words.enrollmentEnded(who);
      return status === 'PENDING' || isRecord(details) ? words.enrolled(who) : words.waiting(who);
    case 'ADD':
      return hasFailed ? words.addFailed(who) : words.added(who);
    case 'JOIN':
      return hasFailed ? words.inviteMisused(who) : words.joined(who);
    case 'LEAVE':
      return words.left(who);
    case 'REMOVE':
      if (hasFailed) return words.removeFailed(who);
      return actorId !== null && actorId !== userId ? words.removedByStaff(who) : words.removed(who);
    case 'INVITE':
      if (hasFailed) return known['revoked'] === false ? words.inviteKept(who) : words.inviteFailed(who);
      if (known['revoked'] === true) return words.inviteRevoked(who);
      return status === 'PENDING' ? words.inviteAsked(who) : words.invited(who);
    case 'ROLE_GRANT':
      return hasFailed ? words.roleFailed(who) : words.roleGiven(who);
    case 'ROLE_REVOKE':
      return hasFailed ? words.roleFailed(who) : words.roleTaken(who);
    case 'CLICK':
      return words.clicked(who);
    case 'CONFIG_CREATE':
      return words.connected;
    case 'CONFIG_DELETE':
      return words.disconnected;
    case 'CONFIG_UPDATE':
      return words.changed;
    case 'HEALTH':
      return hasFailed ? words.ill : words.healthy;
    case 'HOLD':
      return words.held;
    case 'CONFIRM':
      if (userId !== null) return words.ticked(who);
      return known['cancelled'] === true ? words.cancelled : words.confirmed;
    case 'SYNC':
      if (known['undoes'] !== undefined) return words.undone;
      if (typeof known['students'] === 'number') return words.invitedMany(known['students']);
      return status === 'PENDING' ? words.syncAsked : words.synced;
    case 'ERROR':
      return words.failed;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
