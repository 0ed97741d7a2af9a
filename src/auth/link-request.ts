import { type CallerRequest } from './request-context';
import { type LinkInProgress } from './link-states';

/** A request that finishes a linking: by the browser with its cookie, or by a front end with a bearer token. */
export interface LinkRequest extends CallerRequest {
  /** Left by the state store once the state was found good. */
  linkInProgress?: LinkInProgress;
}

/** What Passport leaves as `request.user` when linking has succeeded. */
export interface LinkedUser {
  readonly discordUsername: string;
  readonly returnTo: string | null;
}
