import { type AccessWorld, type CallerName } from './access-world';

/** A GraphQL field with its arguments, or the body of a REST request (whose path may have a query string). */
export type Request = string | { path?: string; body?: object };

/**
 * One line for each operation of the running application: what is asked for (things of the student, and of the instructor
 * who teaches them), and the outcome for each caller in the order of CALLERS. An outcome is "ok", "none" (null, or an empty
 * list: there is nothing that this caller may see) or the code of the refusal.
 */
export const OPERATIONS: readonly (readonly [
  operation: string,
  request: (world: AccessWorld, caller: CallerName) => Request | Promise<Request>,
  outcomes: string,
])[] = [
  // Who asks:                                                     anonymous student otherStudent instructor otherInstructor admin service
  ['Query.viewer', () => 'viewer', 'U ok ok ok ok ok ok'],
  ['Query.myDiscordData', () => 'myDiscordData', 'U ok ok ok ok ok F'],
  ['Query.course', (w) => `course(id: "${w.room.courseId}")`, 'U ok none ok none ok ok'],
  ['Query.courses', () => 'courses', 'U none none ok ok ok ok'],
  [
    'Query.guild',
    (w) => `guild(id: "${w.room.guildId}")`,
    'U GUILD_NOT_MANAGED GUILD_NOT_MANAGED ok GUILD_NOT_MANAGED ok ok',
  ],
  ['Query.preflight', (w) => `preflight(guildId: "${w.room.guildId}")`, 'U ok ok ok ok ok ok'],
  ['Query.serverConfig', (w) => `serverConfig(id: "${w.room.configId}")`, 'U N N ok N ok ok'],
  ['Query.serverConfigs', () => 'serverConfigs', 'U F F F F ok ok'],
  [
    'Query.membership',
    (w) => `membership(userId: "${w.studentId}", courseId: "${w.room.courseId}")`,
    'U ok none ok none ok ok',
  ],
  ['Query.memberships', (w) => `memberships(courseId: "${w.room.courseId}")`, 'U ok none ok none ok ok'],
  ['Query.syncPlan', (w) => `syncPlan(courseId: "${w.room.courseId}")`, 'U N N ok N ok ok'],
  ['Query.syncRun', (w) => `syncRun(id: "${w.runId}")`, 'U none none ok none ok ok'],
  ['Query.syncRuns', (w) => `syncRuns(courseId: "${w.room.courseId}")`, 'U none none ok none ok ok'],
  ['Query.auditLog', (w) => `auditLog(filter: { courseId: "${w.room.courseId}" })`, 'U ok none ok none ok ok'],

  ['Mutation.startDiscordLink', () => 'startDiscordLink', 'U ok ok ok ok ok F'],
  [
    'Mutation.createServerConfig',
    async (w) => {
      const { guildId, roleId } = await w.freshGuild();
      return `createServerConfig(input: { courseId: "${w.room.courseId}", guildId: "${guildId}", studentRoleId: "${roleId}" })`;
    },
    'U F N ok N ok ok',
  ],
  [
    'Mutation.updateServerConfig',
    (w) => `updateServerConfig(id: "${w.room.configId}", input: { removalGraceHours: 1 })`,
    'U N N ok N ok ok',
  ],
  [
    'Mutation.deleteServerConfig',
    async (w) => `deleteServerConfig(id: "${await w.freshConfig()}")`,
    'U N N ok N ok ok',
  ],
  ['Mutation.recheckServer', (w) => `recheckServer(id: "${w.room.configId}")`, 'U N N ok N ok ok'],
  [
    'Mutation.setRemovalsPaused',
    (w) => `setRemovalsPaused(configId: "${w.room.configId}", paused: true)`,
    'U N N ok N ok ok',
  ],
  ['Mutation.setRemovalsPaused', () => 'setRemovalsPaused(paused: false)', 'U F F F F ok ok'],
  [
    'Mutation.createGuildRole',
    (w) => `createGuildRole(guildId: "${w.room.guildId}", name: "Helpers")`,
    'U GUILD_NOT_MANAGED GUILD_NOT_MANAGED ok GUILD_NOT_MANAGED ok ok',
  ],
  [
    'Mutation.inviteStudent',
    (w) => `inviteStudent(userId: "${w.studentId}", courseId: "${w.room.courseId}")`,
    'U F N ok N ok ok',
  ],
  [
    'Mutation.removeStudent',
    async (w) => `removeStudent(userId: "${await w.enrolledStudent()}", courseId: "${w.room.courseId}")`,
    'U F N ok N ok ok',
  ],
  [
    'Mutation.rejoinCourse',
    (w) => `rejoinCourse(courseId: "${w.room.courseId}")`,
    'U ok NOT_ENROLLED NOT_ENROLLED NOT_ENROLLED NOT_ENROLLED NOT_ENROLLED',
  ],
  ['Mutation.syncCourse', (w) => `syncCourse(courseId: "${w.room.courseId}")`, 'U F N ok N ok ok'],
  [
    'Mutation.confirmSyncRun',
    async (w) => `confirmSyncRun(id: "${await w.run('AWAITING_CONFIRMATION')}")`,
    'U N N ok N ok ok',
  ],
  [
    'Mutation.cancelSyncRun',
    async (w) => `cancelSyncRun(id: "${await w.run('AWAITING_CONFIRMATION')}")`,
    'U N N ok N ok ok',
  ],
  ['Mutation.undoSyncRun', async (w) => `undoSyncRun(id: "${await w.undoableRun()}")`, 'U N N ok N ok ok'],

  ['Subscription.membershipChanged', () => 'membershipChanged(after: "0")', 'U ok ok ok ok ok ok'],
  ['Subscription.auditLogAppended', () => 'auditLogAppended(after: "0")', 'U ok ok ok ok ok ok'],

  ['GET /', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /graphql/try-it.js', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /health/live', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /health/ready', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /auth/discord', () => ({}), 'U ok ok ok ok ok F'],
  // Whose browser it is the cookie says, and here there is none.
  [
    'GET /auth/discord/callback',
    () => ({ path: '/auth/discord/callback?code=x&state=y' }),
    '400 400 400 400 400 400 400',
  ],
  [
    'POST /oauth/callback',
    () => ({ body: { code: 'x', state: 'y' } }),
    'U BAD_USER_INPUT BAD_USER_INPUT BAD_USER_INPUT BAD_USER_INPUT BAD_USER_INPUT F',
  ],

  ['GET /auth/discord/sign-in', () => ({}), 'ok ok ok ok ok ok ok'],
  ['POST /auth/session', () => ({}), 'U ok ok ok ok ok F'],
  // Signing out is for browsers: without a page of ours, or the header of a program, nobody is.
  ['DELETE /auth/session', () => ({}), 'F F F F F F F'],

  // Last, because they take away what the others ask for.
  ['Mutation.unlinkDiscord', () => 'unlinkDiscord', 'U ok ok ok ok ok F'],
  ['Mutation.eraseMyDiscordData', () => 'eraseMyDiscordData', 'U ok ok ok ok ok F'],
];
