import { type FindPeopleQuery } from './people.generated';

export type Place = FindPeopleQuery['memberships']['nodes'][number];

export interface Person {
  readonly student: Place['student'];
  readonly places: readonly Place[];
}

/** The people of some memberships, each once, by name. */
export function peopleOf(places: readonly Place[]): readonly Person[] {
  const byId = new Map<string, Place[]>();
  for (const place of places) byId.set(place.student.id, [...(byId.get(place.student.id) ?? []), place]);
  return [...byId.values()]
    .flatMap((own) => (own[0] ? [{ student: own[0].student, places: own }] : []))
    .sort((a, b) => (a.student.displayName ?? '').localeCompare(b.student.displayName ?? ''));
}

/** What an admin can do about a place: the one thing that brings it forward. */
export type Mending = 'invite' | 'copyInvite' | 'copyPage' | 'open' | 'check' | null;

export function mendingOf({ nextStep, status, reason, inviteLink }: Place): Mending {
  switch (nextStep) {
    case 'CONNECT_DISCORD':
    case 'RECONNECT_DISCORD':
      return 'copyPage';
    case 'OPEN_INVITE':
      return inviteLink === null ? 'invite' : 'copyInvite';
    case 'JOIN':
    case 'REQUEST_NEW_INVITE':
    case 'LEAVE_A_SERVER':
    case 'REJOIN':
      return 'invite';
    case 'FIX_SERVER':
    case 'CONFIRM_REMOVALS':
      return 'open';
    case 'WAIT':
    case 'COMPLETE_SCREENING':
      return 'check';
    case null:
      // Whom staff removed comes back by staff alone; whose enrollment has ended does not.
      if (reason === 'REMOVED_BY_STAFF') return 'invite';
      return status === 'JOINED' || reason === 'BANNED' ? 'check' : null;
  }
}
