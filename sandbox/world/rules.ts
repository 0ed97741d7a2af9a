/**
 * What Discord does without documenting it, or does at its own pace. Each default is what is generally believed; PUT
 * /sandbox/limits sets another, so that a client can be tried against both.
 */
export interface Rules {
  /** How long a code of the consent page can be exchanged (Discord's staff, 2021: about 100 seconds). */
  readonly oauthCodeMs: number;
  /** Whether only who has MANAGE_GUILD may add a bot; otherwise every member may (unverified). */
  readonly installNeedsManageGuild: boolean;
  /** The documentation says seven days, the OpenAPI file sixty (5,184,000 seconds). */
  readonly inviteMaxAgeSeconds: number;
  /** How long reading a file of target users takes, and how it ends. */
  readonly targetUsersJobMs: number;
  readonly targetUsersJobEnds: 'completed' | 'failed';
  /** In how many servers a person can be: 100, or 200 with Nitro. */
  readonly guildsPerUser: number;
  /** What kicking somebody who is no member answers, and giving or taking that person's role. */
  readonly absentMemberStatus: 204 | 404;
  /** Whether Add Guild Member gives the roles to somebody who is in already; it answers 204 either way. */
  readonly rejoinAppliesRoles: boolean;
  /** Whether a role that belongs to a bot or a service can be given and taken. */
  readonly managedRolesAssignable: boolean;
  /** Members in one GUILD_MEMBERS_CHUNK at most. */
  readonly membersPerChunk: number;
}

export const DEFAULT_RULES: Rules = {
  oauthCodeMs: 100_000,
  installNeedsManageGuild: true,
  inviteMaxAgeSeconds: 5_184_000,
  targetUsersJobMs: 25,
  targetUsersJobEnds: 'completed',
  guildsPerUser: 100,
  absentMemberStatus: 404,
  rejoinAppliesRoles: false,
  managedRolesAssignable: false,
  membersPerChunk: 1_000,
};
