import { type Texts } from './texts';

const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

const listOf = (names: readonly string[]): string => new Intl.ListFormat('en').format(names);

export const en: Texts = {
  status: {
    pending: '○ Not in yet',
    invited: '✉️ Invited',
    joined: '✓ In the server',
    left: '← Left',
    removed: '✕ Access has ended',
  },
  whatToDo: 'What to do',
  nextStep: {
    you: {
      JOIN: 'Press the button below.',
      CONNECT_DISCORD: 'Connect your Discord account with the button below.',
      RECONNECT_DISCORD: 'Connect your Discord account again with the button below.',
      OPEN_INVITE: 'Open your invite with the button below.',
      REQUEST_NEW_INVITE: 'Ask for a new invite with the button below.',
      LEAVE_A_SERVER: 'Leave another Discord server, then press the button below.',
      COMPLETE_SCREENING: 'Accept the rules of this server.',
      REJOIN: 'Press the button below to come back.',
      FIX_SERVER: 'Nothing: course staff has to mend the server.',
      CONFIRM_REMOVALS: 'Nothing: course staff decides.',
      WAIT: 'Nothing: it goes on by itself.',
    },
    they: {
      JOIN: 'Invite them with `/invite-student`, or let them press Join on their course page.',
      CONNECT_DISCORD: 'Ask them to connect their Discord account with `/connect`.',
      RECONNECT_DISCORD: 'Ask them to connect their Discord account again with `/connect`.',
      OPEN_INVITE: 'Ask them to open their invite; it is on their course page.',
      REQUEST_NEW_INVITE: 'Invite them again with `/invite-student`.',
      LEAVE_A_SERVER: 'Ask them to leave another Discord server, then invite them with `/invite-student`.',
      COMPLETE_SCREENING: 'Ask them to accept the rules of this server.',
      REJOIN: 'Let them come back by themselves, or invite them with `/invite-student`.',
      FIX_SERVER: 'Mend what `/server-stats` names.',
      CONFIRM_REMOVALS: 'Decide with `/sync-enrollment`.',
      WAIT: 'Nothing: it goes on by itself.',
    },
  },
  wayBack: {
    BANNED: {
      you: 'Ask the moderators of this server.',
      they: 'Lift the ban in “Server Settings → Bans”, then invite them with `/invite-student`.',
    },
    ENROLLMENT_ENDED: {
      you: 'Nothing, unless you enroll again on the platform.',
      they: 'Nothing, unless they enroll again on the platform.',
    },
    REMOVED_BY_STAFF: { you: 'Ask course staff.', they: 'Invite them with `/invite-student`, if they may come back.' },
  },
  refusal: {
    UNAUTHENTICATED: { what: 'This took too long.', todo: 'Run the command again.' },
    FORBIDDEN: {
      what: 'You do not teach a course that is connected with this server.',
      todo: 'Only instructors and co-teachers of its courses can do this. “Manage Server” alone is not enough.',
    },
    NOT_FOUND: {
      what: 'There is nothing like that in the courses that you teach here.',
      todo: 'Choose from the list that opens while you type.',
    },
    BAD_USER_INPUT: {
      what: 'That could mean more than one, or nothing.',
      todo: 'Choose from the list that opens while you type.',
    },
    CONFLICT: { what: 'This has been decided already.', todo: 'Run the command again to see how it stands.' },
    NOT_ENROLLED: {
      what: 'This student is not enrolled in the course.',
      todo: 'Enroll them on the platform first: whoever is enrolled comes in.',
    },
    NOT_LINKED: {
      what: 'Your Discord account is not connected with an Anycademy account.',
      todo: 'Connect it with `/connect`, then run the command again.',
    },
    SERVER_NOT_READY: {
      what: 'The server is not ready.',
      todo: 'Mend this, then try again. Nothing was changed.',
    },
    GUILD_NOT_MANAGED: {
      what: 'You do not manage this server.',
      todo: 'Ask its owner for a role with “Manage Server”.',
    },
    RATE_LIMITED: { what: 'That was a lot at once.', todo: 'Wait a minute, then try again.' },
    DISCORD_UNAVAILABLE: {
      what: 'Discord is not answering at the moment.',
      todo: 'Nothing was changed. Try again in a minute.',
    },
    INTERNAL_SERVER_ERROR: {
      what: 'Something went wrong on our side.',
      todo: 'Try again. If it happens again, report the number below.',
    },
  },
  choice: {
    course: {
      NOT_FOUND: 'You teach no such course in this server.',
      BAD_USER_INPUT: 'Several of your courses here are called like that.',
    },
    student: {
      NOT_FOUND: 'The course has no student who is called like that.',
      BAD_USER_INPUT: 'Several students of the course are called like that.',
    },
  },
  seeStats: '`/server-stats` says what is missing. Nothing was changed.',
  reference: (id) => `Number: ${id}`,
  anotherCourse: 'another course',
  openPage: 'Open the web page',
  cancel: 'Cancel',
  nothingChanged: 'Nothing was changed.',
  why: {
    heading: (name) => `Course access of **${name}**`,
    nobody: (name) => ({
      what: `No student of your courses here has connected the Discord account of **${name}**.`,
      todo: 'If they are enrolled, ask them to connect it with `/connect`. Whoever is unknown is left alone.',
    }),
    nothingYet: (name) => ({
      what: `**${name}** is enrolled, but nothing has come of it in this server yet.`,
      todo: 'Nothing, if that was a moment ago. Otherwise `/server-stats` says whether the course is switched off here.',
    }),
  },
  connect: {
    notConnected: {
      what: 'Your Discord account is not connected with an Anycademy account.',
      todo: 'Connect it with the button below. We see your Discord name and bring you into the servers of your courses.',
    },
    connect: 'Connect Discord',
    reconnect: 'Connect again',
    nothingHere: {
      what: 'Your Discord account is connected. No course of yours has its place in this server.',
      todo: 'Nothing. As soon as you are enrolled in a course of this server, you see it here.',
    },
    teaches: (courses) => `You teach ${listOf(courses)} in this server.`,
    heading: 'Your course access in this server',
    refused: {
      FORBIDDEN: 'You cannot come in: you were removed, and only staff can let you back in.',
      NOT_ENROLLED: 'You cannot come in: you are not enrolled in this course.',
      SERVER_NOT_READY: 'You cannot come in for now: this course is not connected with a server.',
    },
    rejoin: (course) => `Join ${course}`,
    openInvite: (course) => `Open the invite to ${course}`,
    messages: {
      on: 'The bot may write to you directly.',
      off: 'The bot does not write to you directly.',
    },
    switchMessages: { on: 'Allow direct messages', off: 'Stop direct messages' },
  },
  invite: {
    invited: (student, course) => `**${student}** is invited to **${course}**.`,
    isIn: (student, course) => `**${student}** is in the server of **${course}**.`,
    notYet: (student, course) => `**${student}** may come into the server of **${course}**, but is not in yet.`,
    link: 'Their invite',
  },
  remove: {
    ask: (student, course) => `Remove **${student}** from **${course}**?`,
    outcome: {
      KICK: (server) => `They are removed from ${server}.`,
      ROLE: (server) => `They stay in ${server} and lose the student role of this course.`,
      PROTECTED: (server) =>
        `They stay in ${server}, because they help to run it or were there before; they lose the student role.`,
      OTHER_COURSE: (server, others) => `They stay in ${server} because of ${others}; what this course gave them goes.`,
      STAYS: (server) => `They stay in ${server} as they are: the course keeps whoever loses access.`,
      ABSENT: (server) => `They are not in ${server}, and cannot come in any more.`,
      PAUSED: (server) =>
        `Nothing happens in ${server} for now: the course is switched off there, or cannot be served. It is done when that is mended.`,
    },
    comingBack: 'Only staff can bring them back, with `/invite-student`.',
    reason: (reason) => `Reason: ${reason}`,
    confirm: 'Remove',
    working: (student, course) => `Removing **${student}** from **${course}** …`,
    done: (student, course) => `**${student}** has no access to **${course}** any more.`,
  },
  sync: {
    plan: (course, changes) =>
      `A sync of **${course}** would make ${count(changes, 'change')}. Nothing is changed yet.`,
    onlyHeld: (course) => `⚠️ **${course}** is in step, but for removals that wait for you.`,
    nothingToDo: (course) => `**${course}** is in step: nothing has to be changed.`,
    action: {
      ADD: (number) => `• ${count(number, 'student is', 'students are')} added`,
      INVITE: (number) => `• ${count(number, 'student is', 'students are')} invited`,
      GRANT_ROLE: (number) => `• ${count(number, 'role is', 'roles are')} given`,
      REVOKE_ROLE: (number) => `• ${count(number, 'role is', 'roles are')} taken`,
      KICK: (number) => `• ${count(number, 'person is', 'people are')} removed`,
    },
    unchanged: (number) => `• ${number.toLocaleString('en')} unchanged`,
    cost: (calls) => `It takes about ${count(calls, 'call')} to Discord.`,
    line: {
      ADD: (name) => `${name} is added`,
      INVITE: (name) => `${name} is invited`,
      GRANT_ROLE: (name) => `${name} gets a role`,
      REVOKE_ROLE: (name) => `${name} loses a role`,
      KICK: (name) => `${name} is removed`,
    },
    keptBy: (course) => `because of ${course}`,
    formerAccount: 'with an account that they no longer use',
    needsConfirmation: 'once you confirm it',
    more: (number) => `… and ${number.toLocaleString('en')} more`,
    brake: '⚠️ So many removals at once wait until you confirm them.',
    apply: 'Apply',
    waiting: (course) => `The sync of **${course}** is about to begin.`,
    running: (course) => `The sync of **${course}** is under way.`,
    progress: (percent, done, total) =>
      `${percent} % · ${done.toLocaleString('en')} of ${total.toLocaleString('en')} in step`,
    succeeded: (course) => `✓ **${course}** is in step.`,
    waitsForYou: (course) => `⚠️ The sync of **${course}** is done, but for removals that wait for you.`,
    failed: (course) => `⚠️ The sync of **${course}** could not be done.`,
    obstacle: (sentence) => sentence,
    cancelled: (course) => `The sync of **${course}** was cancelled.`,
    numbers: ({ total, added, invited, roleChanges, removed, failed, apiCalls }) =>
      [
        `${total.toLocaleString('en')} checked`,
        count(apiCalls, 'call'),
        ...(added > 0 ? [`${added.toLocaleString('en')} added`] : []),
        ...(invited > 0 ? [`${invited.toLocaleString('en')} invited`] : []),
        ...(roleChanges > 0 ? [count(roleChanges, 'role changed', 'roles changed')] : []),
        ...(removed > 0 ? [`${removed.toLocaleString('en')} removed`] : []),
        ...(failed > 0 ? [`${failed.toLocaleString('en')} failed`] : []),
      ].join(' · '),
    held: (number, server) => `⚠️ ${count(number, 'removal waits', 'removals wait')} in ${server}`,
    decide: 'They wait until you decide, so that a mistake cannot empty the server.',
    confirm: (number) => `Confirm ${count(number, 'removal')}`,
    keep: (number) => `Keep ${count(number, 'person', 'people')}`,
    kept: (course) => `Nobody of **${course}** is removed. They stay until their enrollment changes.`,
    tooLong: {
      what: 'The sync goes on, but this message cannot follow it any longer.',
      todo: 'Run `/sync-enrollment` again to see how it stands.',
    },
  },
  stats: {
    heading: (server, courses) => `Students in **${server}**: ${courses.join(', ')}.`,
    inServer: (course, joined, enrolled) =>
      `${course} ${joined.toLocaleString('en')} of ${enrolled.toLocaleString('en')}`,
    isIll: '⚠️ Something is missing in the server.',
    openCourse: (course) => `Open ${course}`,
    people: ({ enrolled, linked, joined, invited, left }) =>
      `**${enrolled}** enrolled · **${linked}** linked · **${joined}** in the server · **${invited}** invited · **${left}** left`,
    health: {
      HEALTHY: '✓ The server is healthy.',
      DEGRADED: '⚠️ Something is missing in the server:',
      UNREACHABLE: '⚠️ The bot cannot reach the server:',
      UNCHECKED: '○ The server was not checked yet.',
    },
    check: ({ message }) => message,
    switchedOff: 'The course is switched off here.',
    timeToRole: (median, slow) => `From enrollment to role: usually ${median}, at most ${slow} for 95 of 100 students.`,
    noTimeToRole: 'From enrollment to role: nobody was added in the last 30 days.',
    seconds: (seconds) =>
      seconds < 60
        ? `${seconds.toLocaleString('en', { maximumFractionDigits: 1 })} s`
        : `${Math.round(seconds / 60).toLocaleString('en')} min`,
    others: (number) => `… and ${count(number, 'more course')}: see the course pages.`,
  },
};
