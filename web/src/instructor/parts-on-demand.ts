import { onDemand } from '../components/on-demand';

// What a course's page shows only to some, or only once somebody asks for it.

export const CourseLog = onDemand(async () => (await import('./course-log')).CourseLog);
export const FollowedRun = onDemand(async () => (await import('./followed-run')).FollowedRun, 2);
export const HeldRemovals = onDemand(async () => (await import('./held-removals')).HeldRemovals, 2);
export const JoinLink = onDemand(async () => (await import('./join-link')).JoinLink);
export const Numbers = onDemand(async () => (await import('./numbers')).Numbers);
export const Runs = onDemand(async () => (await import('./runs')).Runs);
export const Settings = onDemand(async () => (await import('./settings')).Settings);
export const SetUp = onDemand(async () => (await import('./set-up')).SetUp);
export const Staff = onDemand(async () => (await import('./staff')).Staff);
export const StudentHistory = onDemand(async () => (await import('./student-history')).StudentHistory, 2);
export const SyncPanel = onDemand(async () => (await import('./sync-panel')).SyncPanel, 2);
