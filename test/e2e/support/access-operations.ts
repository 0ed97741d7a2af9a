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
  ['Query.logEnd', () => 'logEnd', 'U ok ok ok ok ok ok'],
  ['Query.metrics', (w) => `metrics(courseId: "${w.room.courseId}")`, 'U F N ok N ok ok'],
  ['Query.metrics', () => 'metrics', 'U F F ok ok ok ok'],
  // The list is Discord's, by the caller's own grant: these students and instructors have given one, the others have not.
  ['Query.manageableGuilds', () => 'manageableGuilds', 'U none NOT_LINKED ok NOT_LINKED NOT_LINKED F'],
  ['Query.removalsPaused', () => 'removalsPaused', 'U ok ok ok ok ok ok'],
  ['Query.webhookEndpoints', () => 'webhookEndpoints', 'U F F F F ok ok'],

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
  [
    'Mutation.inviteStudents',
    (w) => `inviteStudents(courseId: "${w.room.courseId}", userIds: ["${w.studentId}"])`,
    'U F N ok N ok ok',
  ],
  [
    'Mutation.setEnrollment',
    async (w) => `setEnrollment(userId: "${await w.enrolledStudent()}", courseId: "${w.room.courseId}", active: true)`,
    'U F N ok N ok ok',
  ],
  ['Mutation.setCourseStaff', (w) => `setCourseStaff(courseId: "${w.room.courseId}", userIds: [])`, 'U F N ok N ok ok'],
  ['Mutation.setDirectMessages', () => 'setDirectMessages(enabled: false)', 'U ok ok ok ok ok F'],
  [
    'Mutation.setCourseDiscordLink',
    async (w) => `setCourseDiscordLink(courseId: "${w.room.courseId}", inviteLink: "${await w.inviteLink()}")`,
    'U F N ok N ok ok',
  ],
  [
    'Mutation.joinCourseDiscord',
    (w) => `joinCourseDiscord(courseId: "${w.room.courseId}")`,
    'U ok NOT_ENROLLED NOT_ENROLLED NOT_ENROLLED NOT_ENROLLED NOT_ENROLLED',
  ],
  [
    'Mutation.confirmLinkMembership',
    async (w) =>
      `confirmLinkMembership(courseId: "${w.room.courseId}", userId: "${await w.visitor()}", isMember: true)`,
    'U F N ok N ok ok',
  ],
  [
    'Mutation.removeCourseDiscordLink',
    (w) => `removeCourseDiscordLink(courseId: "${w.room.courseId}")`,
    'U F N ok N ok ok',
  ],
  ['Mutation.setWebhookEndpoint', (w) => `setWebhookEndpoint(url: "${w.hook()}")`, 'U F F F F ok ok'],
  [
    'Mutation.redeliverWebhooks',
    async (w) => `redeliverWebhooks(endpointId: "${await w.endpoint()}")`,
    'U F F F F ok ok',
  ],
  [
    'Mutation.deleteWebhookEndpoint',
    async (w) => `deleteWebhookEndpoint(id: "${await w.endpoint()}")`,
    'U F F F F ok ok',
  ],

  ['Subscription.membershipChanged', () => 'membershipChanged(after: "0")', 'U ok ok ok ok ok ok'],
  ['Subscription.auditLogAppended', () => 'auditLogAppended(after: "0")', 'U ok ok ok ok ok ok'],

  ['Subscription.syncRunProgressed', (w) => `syncRunProgressed(id: "${w.runId}")`, 'U N N ok N ok ok'],
  // A student is told of no server, not even for an entry of the log that is about themselves.
  [
    'Subscription.serverHealthChanged',
    async (w) => {
      await w.healthChanged();
      return 'serverHealthChanged(after: "0")';
    },
    'U N N ok ok ok ok',
  ],

  // The pages' own files are no secret; what they show, they ask the API for.
  ['GET /', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /sign-in', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /me', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /courses', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /courses/*path', () => ({ path: '/courses/x/discord' }), 'ok ok ok ok ok ok ok'],
  ['GET /admin', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /admin/*path', () => ({ path: '/admin/log' }), 'ok ok ok ok ok ok ok'],
  ['GET /icon.svg', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /assets/:name', () => ({ path: '/assets/none.js' }), 'N N N N N N N'],
  [
    'GET /pictures/:kind/:id/:hash',
    (w) => ({ path: `/pictures/avatars/${w.room.instructorDiscordId}/${'0'.repeat(32)}` }),
    'U ok ok ok ok ok F',
  ],
  ['GET /graphql/try-it.js', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /health/live', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /health/ready', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /metrics', () => ({}), 'U F F F F ok ok'],
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

  [
    'GET /api/discord/status/:userId/:courseId',
    (w) => ({ path: `/api/discord/status/${w.studentId}/${w.room.courseId}` }),
    'U ok N ok N ok ok',
  ],
  [
    'POST /api/discord/sync-course/:courseId',
    (w) => ({ path: `/api/discord/sync-course/${w.room.courseId}` }),
    'U F N ok N ok ok',
  ],
  [
    'POST /api/discord/invite-student',
    (w) => ({ body: { userId: w.studentId, courseId: w.room.courseId } }),
    'U F N ok N ok ok',
  ],
  // A signature opens these two, and no token does.
  [
    'POST /api/discord/enrollment-changed',
    (w) => ({
      body: {
        type: 'enrollment.created',
        timestamp: new Date().toISOString(),
        data: { userId: w.otherStudentId, courseId: w.room.courseId },
      },
    }),
    'U U U U U U U',
  ],
  ['POST /api/discord/events', () => ({ body: { version: 1, type: 0 } }), 'U U U U U U U'],
  // What there is to be asked for is no secret.
  ['GET /api/docs', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /api/docs/', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /api/docs.json', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /api/docs/index.html', () => ({}), 'ok ok ok ok ok ok ok'],
  // The page's library hides this file of its own.
  ['GET /api/docs/LICENSE', () => ({}), 'N N N N N N N'],
  ['GET /api/docs/swagger-ui-init.js', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /api/docs/docs/swagger-ui-init.js', () => ({}), 'ok ok ok ok ok ok ok'],

  ['GET /auth/discord/sign-in', () => ({}), 'ok ok ok ok ok ok ok'],
  ['GET /auth/ways-in', () => ({}), 'ok ok ok ok ok ok ok'],
  // Without a page that posts them, these two lead to the sign-in page, which says so.
  ['POST /auth/hand-off', () => ({ body: { token: 'x' } }), 'ok ok ok ok ok ok ok'],
  ['POST /auth/discord', () => ({ body: { token: 'x', returnTo: '/' } }), 'ok ok ok ok ok ok ok'],
  // Only pages of this service ask for these two, and these are none.
  ['POST /auth/demo-session', () => ({ body: { userId: '00000000-0000-4000-8000-000000000001' } }), 'F F F F F F F'],
  ['POST /auth/session', () => ({}), 'U ok ok ok ok ok F'],
  // Signing out is for browsers: without a page of ours, or the header of a program, nobody is.
  ['DELETE /auth/session', () => ({}), 'F F F F F F F'],

  // Last, because they take away what the others ask for.
  ['Mutation.unlinkDiscord', () => 'unlinkDiscord', 'U ok ok ok ok ok F'],
  ['Mutation.eraseMyDiscordData', () => 'eraseMyDiscordData', 'U ok ok ok ok ok F'],
];
