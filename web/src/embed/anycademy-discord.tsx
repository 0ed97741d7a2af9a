import { lazy, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { newQueryClient } from '../api/data';
import { type Service } from '../api/service';
import { Toasts } from '../components/toast';
import { browserLanguage } from '../texts/language';
import { Connect } from './connect';
import { Follower } from './follower';
import { Frame } from './frame';
import { Join } from './join-button';
import { Profile } from './profile';
import { CourseStatus } from './status-badge';
import { type World, WorldContext } from './world';

const CourseSettings = lazy(async () => ({ default: (await import('./course-settings')).CourseSettings }));
const CourseMetrics = lazy(async () => ({ default: (await import('./course-metrics')).CourseMetrics }));
const PlatformMetrics = lazy(async () => ({ default: (await import('./metrics')).PlatformMetrics }));

export interface AnycademyDiscordProps {
  /** Where the service is, such as `https://discord.example.org`. It has to know this page's origin (`CORS_ORIGINS`). */
  readonly endpoint: string;
  /**
   * Gives the platform's token of whoever looks. Asked before every request, so it should know the token already as a rule.
   * @param refused the token that the service has just refused (it has expired, perhaps): then give a new one
   */
  readonly getToken: (refused: string | null) => string | Promise<string>;
  /** Default: what the browser asks for, else English. */
  readonly language?: 'en' | 'id';
  /** Default: as the device. */
  readonly theme?: 'light' | 'dark' | 'system';
  readonly children: ReactNode;
}

/** Around all components, once: which service they ask, and as whom. */
export function AnycademyDiscord({
  endpoint,
  getToken,
  language = browserLanguage(),
  theme = 'system',
  children,
}: AnycademyDiscordProps): ReactNode {
  // Usually another function at every render, which must not make everything be asked again.
  const latest = useRef(getToken);
  useEffect(() => {
    latest.current = getToken;
  });
  const service = useMemo<Service>(
    () => ({ url: endpoint.replace(/\/+$/, ''), getToken: (refused) => latest.current(refused) }),
    [endpoint],
  );
  const [queries] = useState(() => newQueryClient(() => undefined));
  const [followers, setFollowers] = useState(0);
  const follow = useCallback(() => {
    setFollowers((before) => before + 1);
    return () => setFollowers((before) => before - 1);
  }, []);
  const world = useMemo<World>(
    () => ({ service, queries, language, theme, follow }),
    [service, queries, language, theme, follow],
  );
  return (
    <WorldContext value={world}>
      {children}
      <Frame kind="overlay">
        <Toasts />
        {followers > 0 && <Follower />}
      </Frame>
    </WorldContext>
  );
}

interface OfCourse {
  /** The platform's id of the course. */
  readonly courseId: string;
}

/** Where the student stands in a course's server, in a word; nothing for somebody who is not in the course. */
export function DiscordStatusBadge({ courseId }: OfCourse): ReactNode {
  return (
    <Frame kind="inline">
      <CourseStatus courseId={courseId} />
    </Frame>
  );
}

/** The way into a course's server, in a new tab; nothing unless the student is enrolled and has something to join. */
export function DiscordJoinButton({ courseId }: OfCourse): ReactNode {
  return (
    <Frame kind="inline">
      <Join courseId={courseId} />
    </Frame>
  );
}

/** Connects the student's Discord account; afterwards shows it, with what can be done about it. */
export function DiscordConnectCard(): ReactNode {
  return (
    <Frame kind="block">
      <Connect />
    </Frame>
  );
}

/** The Discord account of whoever looks: picture, name, and whether the connection works. */
export function DiscordProfile(): ReactNode {
  return (
    <Frame kind="inline">
      <Profile />
    </Frame>
  );
}

/** Everything that the staff of a course sees and decides about its server: also the set-up, while there is none. */
export function CourseDiscordSettings({ courseId }: OfCourse): ReactNode {
  return (
    <Frame kind="block">
      <CourseSettings courseId={courseId} />
    </Frame>
  );
}

/** The numbers of one course, for its staff; without `courseId` those of the whole platform, for admins. */
export function DiscordMetrics({ courseId }: Partial<OfCourse>): ReactNode {
  return (
    <Frame kind="block">{courseId === undefined ? <PlatformMetrics /> : <CourseMetrics courseId={courseId} />}</Frame>
  );
}
