/**
 * The brake: a mistake on the platform's side (a wrong import, a dropped table) must never empty a server. Removals that
 * nobody asked for are counted over a day; too many are held until a person decides.
 */

/** Removals of one course in one server, or of the whole server. */
export interface RemovalWindow {
  /** Removals that are due now, and that nobody asked for. */
  readonly due: number;
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
export function isHeld({ due, done, joined }: RemovalWindow, limits: BrakeLimits): boolean {
  if (due === 0) return false;
  const atStart = joined + done;
  const removed = due + done;
  if (atStart >= WHOLE_CLASS && removed >= atStart) return true;
  return removed > limits.count && removed > limits.share * atStart;
}
