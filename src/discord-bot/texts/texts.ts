import { type ErrorCode } from '../../common/domain-error';
import { type MembershipStatus } from '../../membership/claim.policy';
import { type NextStep, type Person } from '../../membership/explanation.policy';
import { type RemovalOutcome } from '../../membership/removal-forecast.policy';
import { type SyncActionType } from '../../membership/sync-plan.policy';
import { type GuildHealth } from '../../server-config/health.policy';
import { type PreflightCheck } from '../../server-config/preflight-check';

/** What happened, and what to do now. */
export interface WhatAndTodo {
  readonly what: string;
  readonly todo: string;
}

/** What a check of a server found missing. */
export type FailedCheck = Pick<PreflightCheck, 'message' | 'inIndonesian'>;

/** Why whoever presses Join cannot come in. */
export const JOIN_REFUSALS = ['FORBIDDEN', 'NOT_ENROLLED', 'SERVER_NOT_READY'] as const satisfies ErrorCode[];
export type JoinRefusal = (typeof JOIN_REFUSALS)[number];

/** How a sync run stands, in numbers. */
export interface RunNumbers {
  readonly done: number;
  readonly total: number;
  readonly added: number;
  readonly invited: number;
  readonly roleChanges: number;
  readonly removed: number;
  readonly failed: number;
  readonly apiCalls: number;
}

/** Everything that the bot says, once per language. Names come in escaped already; {@link WhatAndTodo} and the rest are Markdown. */
export interface Texts {
  readonly status: Readonly<Record<MembershipStatus, string>>;
  readonly whatToDo: string;
  readonly nextStep: Readonly<Record<Person, Readonly<Record<NextStep, string>>>>;
  /** What can be done where access is over, which is no step of its own. */
  readonly wayBack: Readonly<
    Record<'BANNED' | 'ENROLLMENT_ENDED' | 'REMOVED_BY_STAFF', Readonly<Record<Person, string>>>
  >;
  readonly refusal: Readonly<Record<ErrorCode, WhatAndTodo>>;
  /** What was typed for a course or a student is nothing there, or could be several. */
  readonly choice: Readonly<Record<'course' | 'student', Readonly<Record<'NOT_FOUND' | 'BAD_USER_INPUT', string>>>>;
  /** Beside SERVER_NOT_READY, where it is not known what is missing. */
  readonly seeStats: string;
  /** The number under which a failure that nobody expected stands in the log. */
  readonly reference: (id: string) => string;
  readonly anotherCourse: string;
  readonly openPage: string;
  readonly cancel: string;
  /** A button was not wanted after all. */
  readonly nothingChanged: string;
  readonly why: {
    readonly heading: (name: string) => string;
    readonly nobody: (name: string) => WhatAndTodo;
    /** Somebody is enrolled, and nothing has come of it. */
    readonly nothingYet: (name: string) => WhatAndTodo;
  };
  readonly connect: {
    readonly notConnected: WhatAndTodo;
    readonly connect: string;
    readonly reconnect: string;
    readonly nothingHere: WhatAndTodo;
    readonly teaches: (courses: readonly string[]) => string;
    readonly heading: string;
    /** Whoever has pressed Join cannot come in. */
    readonly refused: Readonly<Record<JoinRefusal, string>>;
    readonly rejoin: (course: string) => string;
    readonly openInvite: (course: string) => string;
    readonly messages: Readonly<Record<'on' | 'off', string>>;
    readonly switchMessages: Readonly<Record<'on' | 'off', string>>;
  };
  readonly invite: {
    readonly invited: (student: string, course: string) => string;
    readonly isIn: (student: string, course: string) => string;
    /** They may come in, but something is in the way. */
    readonly notYet: (student: string, course: string) => string;
    readonly link: string;
  };
  readonly remove: {
    readonly ask: (student: string, course: string) => string;
    readonly outcome: Readonly<Record<RemovalOutcome, (server: string, others: string) => string>>;
    readonly comingBack: string;
    readonly reason: (reason: string) => string;
    readonly confirm: string;
    readonly working: (student: string, course: string) => string;
    readonly done: (student: string, course: string) => string;
  };
  readonly sync: {
    readonly plan: (course: string, changes: number) => string;
    /** What differs waits for a decision already. */
    readonly onlyHeld: (course: string) => string;
    readonly nothingToDo: (course: string) => string;
    /** How many of each action, as a line. */
    readonly action: Readonly<Record<Exclude<SyncActionType, 'NONE'>, (count: number) => string>>;
    readonly unchanged: (count: number) => string;
    readonly cost: (calls: number) => string;
    /** What is done to one person. */
    readonly line: Readonly<Record<Exclude<SyncActionType, 'NONE'>, (name: string) => string>>;
    readonly keptBy: (course: string) => string;
    readonly formerAccount: string;
    readonly needsConfirmation: string;
    readonly more: (count: number) => string;
    readonly brake: string;
    readonly apply: string;
    readonly waiting: (course: string) => string;
    readonly running: (course: string) => string;
    readonly progress: (percent: number, done: number, total: number) => string;
    readonly succeeded: (course: string) => string;
    /** Done, but for removals that wait. */
    readonly waitsForYou: (course: string) => string;
    readonly failed: (course: string) => string;
    /** What is in its way, in the service's own words; the check that found it, where it is one. */
    readonly obstacle: (sentence: string, check: FailedCheck | undefined) => string;
    readonly cancelled: (course: string) => string;
    readonly numbers: (numbers: RunNumbers) => string;
    /** A field: where removals wait, and what about them. */
    readonly held: (count: number, server: string) => string;
    readonly decide: string;
    readonly confirm: (count: number) => string;
    readonly keep: (count: number) => string;
    readonly kept: (course: string) => string;
    readonly tooLong: WhatAndTodo;
  };
  readonly stats: {
    readonly heading: (server: string, courses: readonly string[]) => string;
    /** A course in the heading, and how many of its students are in. */
    readonly inServer: (course: string, joined: number, enrolled: number) => string;
    readonly isIll: string;
    readonly openCourse: (course: string) => string;
    readonly people: (numbers: {
      readonly enrolled: number;
      readonly linked: number;
      readonly joined: number;
      readonly invited: number;
      readonly left: number;
    }) => string;
    readonly health: Readonly<Record<GuildHealth, string>>;
    readonly check: (check: FailedCheck) => string;
    readonly switchedOff: string;
    readonly timeToRole: (median: string, slow: string) => string;
    readonly noTimeToRole: string;
    readonly seconds: (seconds: number) => string;
    readonly others: (count: number) => string;
  };
}
