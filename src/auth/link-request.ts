import { type CallerRequest } from './request-context';
import { type LinkInProgress } from './link-states';
import { type Person } from './person';

/** A request that finishes a linking: by the browser with its cookie, or by a front end with a bearer token. */
export interface LinkRequest extends CallerRequest {
  /** Left by the state store once the state was found good. */
  linkInProgress?: LinkInProgress;
}

/** What Passport leaves as `request.user` when linking, or signing in, has succeeded. */
export interface LinkedUser {
  readonly discordUsername: string;
  readonly returnTo: string | null;
  /** Who has signed in; null when an account was linked. */
  readonly signedIn: Person | null;
}
