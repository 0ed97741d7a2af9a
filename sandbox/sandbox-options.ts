/** How the local Discord is started. */
export interface SandboxOptions {
  /** 0 = any free port. */
  readonly port: number;
  /** Keeps the world in this file; without it everything is forgotten at the end. */
  readonly stateFile?: string;
  /** Redirect URIs that are registered for the application, beside those that the state file brings. */
  readonly redirectUris?: string[];
  /** Where signed webhook events go. */
  readonly webhookEventsUrl?: string;
  /** What people read on the consent page. */
  readonly applicationName?: string;
}
