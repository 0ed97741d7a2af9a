import { useState } from 'react';
import { Button } from '../components/button';
import { Tabs } from '../components/tabs';
import { useTexts } from '../texts/texts';
import { type Course, type Viewer } from './course-shown';
import { courseTexts } from './course-texts';
import { NextStage } from './next-stage';
import { CourseLog, JoinLink, Numbers, SetUp, Staff } from './parts-on-demand';
import { ServerView } from './server-view';

/** Not set up yet, by link only, or with one server or several: what each needs to be seen first. */
export function CourseView({
  course,
  viewer,
  isStopped,
}: {
  readonly course: Course;
  readonly viewer: Viewer;
  /** The stop switch is on for all servers. */
  readonly isStopped: boolean;
}) {
  const words = useTexts(courseTexts);
  const [isAdding, setAdding] = useState(false);
  const [wantsLink, setWantsLink] = useState(false);
  const { serverConfigs, discordLink } = course;
  const setUp = <SetUp courseId={course.id} course={course.title} enrolled={course.stats.enrolled} />;

  if (serverConfigs.length > 0)
    return (
      <div className="space-y-8">
        <Servers course={course} viewer={viewer} isStopped={isStopped} />
        {isAdding ? setUp : <Button onClick={() => setAdding(true)}>{words.another}</Button>}
      </div>
    );
  if (discordLink)
    return (
      <div className="space-y-8">
        <NextStage courseId={course.id} onNext={() => setAdding(true)} />
        {isAdding && setUp}
        <JoinLink course={course} />
        <Others course={course} viewer={viewer} />
        {!isAdding && <Button onClick={() => setAdding(true)}>{words.connectServer}</Button>}
      </div>
    );
  return (
    <div className="max-w-3xl space-y-8">
      {setUp}
      {wantsLink ? (
        <JoinLink course={course} />
      ) : (
        <section className="flex flex-wrap items-center justify-between gap-4 px-4 sm:px-6">
          <div className="min-w-0 flex-1 basis-64">
            <h2 className="font-medium">{words.linkOnly}</h2>
            <p className="text-ink-soft">{words.linkOnlyMeans}</p>
          </div>
          <Button onClick={() => setWantsLink(true)}>{words.useLink}</Button>
        </section>
      )}
    </div>
  );
}

/** One server at a time; where a course has several, each under its name. */
function Servers({
  course,
  viewer,
  isStopped,
}: {
  readonly course: Course;
  readonly viewer: Viewer;
  readonly isStopped: boolean;
}) {
  const words = useTexts(courseTexts);
  const servers = course.serverConfigs;
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = servers.find(({ id }) => id === chosen) ?? servers[0];
  if (!shown) return null;
  if (servers.length === 1) {
    return <ServerView course={course} viewer={viewer} server={shown} isStopped={isStopped} />;
  }
  return (
    <Tabs
      label={words.servers}
      value={shown.id}
      onChange={setChosen}
      tabs={servers.map((server) => ({
        value: server.id,
        label: server.guildName,
        content: <ServerView course={course} viewer={viewer} server={server} isStopped={isStopped} />,
      }))}
    />
  );
}

/** What a course by link has beside its link. */
function Others({ course, viewer }: { readonly course: Course; readonly viewer: Viewer }) {
  const words = useTexts(courseTexts);
  const [tab, setTab] = useState<'numbers' | 'log' | 'settings'>('numbers');
  return (
    <Tabs
      label={words.views}
      value={tab}
      onChange={setTab}
      tabs={[
        { value: 'numbers', label: words.numbers, content: <Numbers courseId={course.id} hasLink /> },
        { value: 'log', label: words.log, content: <CourseLog courseId={course.id} /> },
        { value: 'settings', label: words.settings, content: <Staff course={course} viewer={viewer} /> },
      ]}
    />
  );
}
