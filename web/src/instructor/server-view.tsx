import { useState } from 'react';
import { useData } from '../api/data';
import { Tabs } from '../components/tabs';
import { useTexts } from '../texts/texts';
import { type CourseServerFragment } from './course.generated';
import { courseTexts } from './course-texts';
import { type Course, type Viewer } from './course-shown';
import {
  CourseLog,
  FollowedRun,
  HeldRemovals,
  JoinLink,
  Numbers,
  Runs,
  Settings,
  Staff,
  SyncPanel,
} from './parts-on-demand';
import { Roster } from './roster';
import { rosterCounts } from './roster.generated';
import { courseRuns, type RunFragment } from './sync.generated';
import { Verdict } from './verdict';

type View = 'students' | 'link' | 'numbers' | 'log' | 'settings';

/** A connected server: the verdict, what waits for a decision, and everything behind it. */
export function ServerView({
  course,
  viewer,
  server,
  isStopped,
}: {
  readonly course: Course;
  readonly viewer: Viewer;
  readonly server: CourseServerFragment;
  /** The stop switch is on for all servers. */
  readonly isStopped: boolean;
}) {
  const words = useTexts(courseTexts);
  const [view, setView] = useState<View>('students');
  const [isSyncing, setSyncing] = useState(false);
  const [followed, setFollowed] = useState<RunFragment | null>(null);
  const [closed, setClosed] = useState<string | null>(null);
  const place = { courseId: course.id, guildId: server.guildId };
  const counts = useData(rosterCounts, place);
  const runs = useData(courseRuns, place);
  const held = runs.data?.syncRuns.filter(({ status }) => status === 'AWAITING_CONFIRMATION') ?? [];
  // Begun by somebody: by a decision, here before the page was loaded again or elsewhere.
  const running = runs.data?.syncRuns.find(
    ({ status, requestedBy }) => requestedBy !== null && (status === 'RUNNING' || status === 'QUEUED'),
  );
  // It stays with its result until it is closed.
  if (running && !isSyncing && running.id !== followed?.id && running.id !== closed) setFollowed(running);
  return (
    <div className="space-y-6">
      {held.map((run) => (
        <HeldRemovals key={run.id} run={run} courseId={course.id} />
      ))}
      <Verdict
        server={server}
        stats={course.stats}
        counts={counts.data}
        runs={runs.data?.syncRuns}
        isStopped={isStopped}
        onSync={() => setSyncing(true)}
        onSettings={() => setView('settings')}
      />
      {isSyncing && <SyncPanel {...place} runs={runs.data?.syncRuns ?? []} onClose={() => setSyncing(false)} />}
      {!isSyncing && followed && (
        <FollowedRun
          run={followed}
          onClose={() => {
            setClosed(followed.id);
            setFollowed(null);
          }}
        />
      )}
      <Tabs
        label={words.views}
        value={view}
        onChange={setView}
        tabs={[
          {
            value: 'students',
            label: words.students,
            content: <Roster {...place} counts={counts.data} />,
          },
          { value: 'link', label: words.link, content: <JoinLink course={course} /> },
          {
            value: 'numbers',
            label: words.numbers,
            content: <Numbers courseId={course.id} hasLink={course.discordLink !== null} />,
          },
          {
            value: 'log',
            label: words.log,
            content: (
              <div className="space-y-8">
                <Runs runs={runs.data?.syncRuns ?? []} />
                <CourseLog courseId={course.id} />
              </div>
            ),
          },
          {
            value: 'settings',
            label: words.settings,
            content: (
              <div className="space-y-8">
                <Settings key={server.id} course={course.title} server={server} />
                <Staff course={course} viewer={viewer} />
              </div>
            ),
          },
        ]}
      />
    </div>
  );
}
