/** Everything that a page shows of a membership, with its student, their account, and its course. */
const MEMBERSHIP = `id guildId guildName discordUserId status reason nextStep explanation inviteLink invitationSentAt
  joinedAt removedAt inSync updatedAt
  student { id displayName discordConnection { id discordUserId username globalName avatarUrl isVerified connectedAt scopes } }`;

const CONFIG = `id guildId guildName inviteChannelId studentRoleId welcomeMessage removalPolicy removalGraceHours driftPolicy
  autoInvite adoptExisting removalsPaused roleAfterScreening isActive health createdAt updatedAt
  preflight { ok checkedAt checks { id passed required message } }`;

const RUN = `id courseId guildId status requestedBy total done added invited roleChanges removed failed apiCalls startedAt
  finishedAt etaSeconds error`;

/** What the pages of a front end ask for at the most, and the deepest paths that the contract has. */
export const PAGES: Readonly<Record<string, string>> = {
  "a student's page": `{ viewer { id displayName role directMessages
    discordConnection { id discordUserId username globalName avatarUrl scopes isVerified connectedAt }
    memberships(first: 200) { totalCount pageInfo { hasNextPage endCursor } nodes { ${MEMBERSHIP} course { id title
      discordLink { inviteLink serverName working } } } } } auditLog(first: 100) { edges { cursor node { id seq action
      status actorId userId courseId guildId details errorMessage createdAt } } pageInfo { hasNextPage endCursor } } }`,

  "an instructor's page of one course, with set-up, roster, plan and runs": `query Course($id: UUID!
    = "7c9e6679-7425-40de-944b-e07fc1f90ae7") { viewer { id displayName role } manageableGuilds { id name iconUrl botPresent
      botInstallUrl } course(id: $id) { id title instructorId staff { id displayName }
      stats { enrolled linked invited joined left removed pending } serverConfigs { ${CONFIG} }
      discordLink { inviteLink serverName clicks uniqueStudents working createdAt visits(first: 200) { student { id
        displayName } firstClickedAt clicks confirmedMember } }
      all: memberships(first: 200) { totalCount edges { cursor node { ${MEMBERSHIP} } } pageInfo { hasNextPage endCursor } }
      in: memberships(first: 1, filter: { status: [JOINED] }) { totalCount }
      invited: memberships(first: 1, filter: { status: [INVITED] }) { totalCount }
      left: memberships(first: 1, filter: { status: [LEFT] }) { totalCount }
      removed: memberships(first: 1, filter: { status: [REMOVED] }) { totalCount } }
    syncPlan(courseId: $id) { courseId guildId computedAt add invite grantRole revokeRole kick unchanged held
      actions(first: 1000) { action reason discordUserId student { id displayName } keptBy { id title } } }
    syncRuns(courseId: $id, first: 100) { ${RUN} } }`,

  "an admin's page": `{ metrics { enrolledStudents connectedUsers connectionRate coursesWithServer instructorAdoptionRate
      activeServers invitationsSent invitationSuccessRate retentionRate apiCalls apiErrorRate discordUptime joinClickRate
      weeklyActiveRate linkAdoptionRate queueDepth timeToRoleP50 timeToRoleP95
      targets { metric target value met } hours: series(bucket: HOUR) { at joined left removed invited errors }
      days: series(bucket: DAY) { at joined left removed invited errors } }
    serverConfigs(health: [DEGRADED, UNREACHABLE], first: 200) { totalCount nodes { ${CONFIG} course { id title } } }
    syncRuns(first: 100, status: [RUNNING, AWAITING_CONFIRMATION]) { ${RUN} }
    auditLog(first: 200) { nodes { id seq action status actorId userId courseId guildId details errorMessage createdAt } } }`,

  'a page of courses, each with a page of its whole roster': `{ viewer { courses { nodes { id title
    memberships { totalCount nodes { ${MEMBERSHIP} course { id title } } } } } } }`,

  'the deepest path without a circle': `{ viewer { courses(first: 20) { edges { node { memberships(first: 20) { edges { node {
    course { serverConfigs { preflight { checks { id message } } } } } } } } } } } }`,

  'the stream of changes': `subscription { membershipChanged(after: "1") { seq status reason previousStatus at
    membership { ${MEMBERSHIP} course { id title serverConfigs { ${CONFIG} } } } } }`,
};
