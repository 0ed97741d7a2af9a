import { useQueryClient } from '@tanstack/react-query';
import { BookOpen } from 'lucide-react';
import { useState } from 'react';
import { askAgain, useData } from '../api/data';
import { useLive } from '../api/live';
import { useRequest } from '../api/request';
import { Card } from '../components/card';
import { EmptyState } from '../components/empty-state';
import { ErrorState, useErrorSentence } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { toast } from '../components/toast';
import { PageTitle } from '../shell/page-title';
import { useTexts } from '../texts/texts';
import { Account, BrokenConnection } from './account';
import { ConnectCard } from './connect-card';
import { courseLines } from './course-list.policy';
import { CourseRow, MembershipRow } from './course-row';
import { downloadMyData } from './download';
import { LinkOutcome } from './link-outcome';
import { type Asking, MeDialogs } from './me-dialogs';
import { me, type MeQuery, myMembershipChanged } from './me.generated';
import { meTexts } from './me-texts';
import { MyLog } from './my-log';
import { Privacy } from './privacy';

/** `/me`: am I in, and if not, what do I do? */
export function MePage() {
  const words = useTexts(meTexts);
  return (
    <div className="mx-auto max-w-3xl space-y-8">
      <PageTitle title={words.title} />
      <Mine />
    </div>
  );
}

function Mine() {
  const queries = useQueryClient();
  const { data, error, refetch } = useData(me, {});
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  useLive(
    myMembershipChanged,
    { userId: data?.viewer.id ?? '', after: data?.logEnd ?? null },
    ({ membershipChanged }) => membershipChanged.seq,
    ({ membershipChanged: { membership } }) => {
      setChanged((before) => new Set([...before, membership.id]));
      void askAgain(queries);
    },
  );
  const settle = (id: string) => setChanged((before) => new Set([...before].filter((each) => each !== id)));
  if (data) return <Shown viewer={data.viewer} changed={changed} onSettled={settle} />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Loading />;
}

function Loading() {
  const words = useTexts(meTexts);
  return (
    <Card title={words.courses}>
      <SkeletonRows rows={3} />
    </Card>
  );
}

function Shown({
  viewer,
  changed,
  onSettled,
}: {
  readonly viewer: MeQuery['viewer'];
  /** The memberships that have changed just now. */
  readonly changed: ReadonlySet<string>;
  readonly onSettled: (membershipId: string) => void;
}) {
  const words = useTexts(meTexts);
  const sentence = useErrorSentence();
  const request = useRequest();
  const [asking, setAsking] = useState<Asking | null>(null);
  const connection = viewer.discordConnection;
  const lines = courseLines(viewer);
  const autoJoin = connection?.scopes.includes('guilds.join') ?? true;
  const download = () => {
    downloadMyData(request).catch((error: unknown) => toast('bad', sentence(error)));
  };
  const erase = () => setAsking('erase');
  return (
    <>
      <LinkOutcome />
      {!connection && <ConnectCard />}
      {connection && !connection.isVerified && <BrokenConnection connection={connection} />}
      <Card
        title={connection ? <span className="max-sm:sr-only">Discord</span> : words.courses}
        aside={
          connection && (
            <Account
              connection={connection}
              onDisconnect={() => setAsking('disconnect')}
              onDownload={download}
              onErase={erase}
            />
          )
        }
      >
        {lines.length === 0 ? (
          <div className="border-t border-line">
            <EmptyState icon={BookOpen} title={words.noCourses}>
              {words.noCoursesMeans}
            </EmptyState>
          </div>
        ) : (
          <ul aria-label={words.courses}>
            {lines.map((line) =>
              line.kind === 'course' ? (
                <CourseRow key={line.key} course={line.course} />
              ) : (
                <MembershipRow
                  key={line.key}
                  membership={line.membership}
                  link={line.link}
                  autoJoin={autoJoin}
                  isNew={changed.has(line.key)}
                  onSettled={() => onSettled(line.key)}
                />
              ),
            )}
          </ul>
        )}
      </Card>
      <MyLog viewer={viewer} />
      <Privacy directMessages={viewer.directMessages} onDownload={download} onErase={erase} />
      <MeDialogs viewer={viewer} asking={asking} onClose={() => setAsking(null)} />
    </>
  );
}
