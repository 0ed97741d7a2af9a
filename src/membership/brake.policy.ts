import { type MembershipStatus } from './claim.policy';

/**
 * The brake: a mistake on the platform's side (a wrong import, a dropped table) must never empty a server. Removals that
 * nobody asked for are counted over a day; too many are held until a person decides.
 */

/** Removals of one course in one server, or of the whole server. */
export interface RemovalWindow {
  /** Removals that are due now, and that nobody asked for. */
  readonly due: number;
  /** Those that are due and wait for a person already: what a first batch holds is not forgotten when the last one comes. */
  readonly held: number;
  /** Those that were done within the last 24 hours, and that nobody asked for. */
  readonly done: number;
  /** Who is in now because of an enrollment, those due included. */
  readonly joined: number;
}

export interface BrakeLimits {
  /** Up to so many a day are never held. */
  readonly count: number;
  /** Up to this share of those who were in when the day began is never held, 0 to 1. */
  readonly share: number;
}

export const DEFAULT_LIMITS: BrakeLimits = { count: 10, share: 0.2 };

/** A class of so many or more is not emptied without a person's word. */
const WHOLE_CLASS = 5;

/** Whether the due removals have to wait for a person. */
export function isHeld({ due, held, done, joined }: RemovalWindow, limits: BrakeLimits): boolean {
  if (due === 0) return false;
  const atStart = joined + done;
  const removed = due + held + done;
  if (atStart >= WHOLE_CLASS && removed >= atStart) return true;
  return removed > limits.count && removed > limits.share * atStart;
}

/** The platform's own tables, of which a reading that finds nobody is more likely a mishap than everybody's leaving. */
export interface Roster {
  /** It lists no course, no user, or nobody who is enrolled. */
  readonly isEmpty: boolean;
  /** How many are in all the same; counted only where it is empty. */
  readonly people: number;
}

const THERE: Roster = { isEmpty: false, people: 0 };

/**
 * Whether all removals have to wait, in every server and however small its classes are: tables were emptied, or are being
 * restored. The end of the one person who is in cannot be told from that, and is an end like any other.
 */
export function isLost({ isEmpty, people }: Roster): boolean {
  return isEmpty && people > 1;
}

/** How one course stands in a server. */
export interface CourseCounts {
  readonly courseId: string;
  /** As in {@link RemovalWindow}. */
  readonly joined: number;
  readonly held: number;
  readonly done: number;
}

/** A removal that is due. */
export interface DueRemoval {
  readonly courseId: string;
  /** As it is written: whoever came in by an invite, unseen, is not `joined` yet, and is in all the same. */
  readonly status: MembershipStatus;
}

/** The courses whose due removals have to wait: too many for the course, or for the whole server; all of a lost roster's. */
export function heldCourses(
  due: readonly DueRemoval[],
  counts: readonly CourseCounts[],
  limits: BrakeLimits,
  roster: Roster = THERE,
): ReadonlySet<string> {
  const courses = [...new Set(due.map(({ courseId }) => courseId))];
  if (isLost(roster) || isHeld(windowOf(counts, due), limits)) return new Set(courses);
  return new Set(
    courses.filter((courseId) => {
      const own = counts.filter((count) => count.courseId === courseId);
      const ownDue = due.filter((one) => one.courseId === courseId);
      return isHeld(windowOf(own, ownDue), limits);
    }),
  );
}

function windowOf(counts: readonly CourseCounts[], due: readonly DueRemoval[]): RemovalWindow {
  const sum = (of: 'joined' | 'held' | 'done') => counts.reduce((total, count) => total + count[of], 0);
  const unseen = due.filter(({ status }) => status !== 'joined').length;
  return { due: due.length, held: sum('held'), done: sum('done'), joined: sum('joined') + unseen };
}
