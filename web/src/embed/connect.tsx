import { useState } from 'react';
import { useRequest } from '../api/request';
import { Card } from '../components/card';
import { ErrorState, useErrorSentence } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { toast } from '../components/toast';
import { Account, BrokenConnection } from '../student/account';
import { ConnectCard } from '../student/connect-card';
import { downloadMyData } from '../student/download';
import { LinkOutcome } from '../student/link-outcome';
import { type Asking, MeDialogs } from '../student/me-dialogs';
import { useMine } from './use-mine';

/** To connect a Discord account, and what can be done with it afterwards. */
export function Connect() {
  const request = useRequest();
  const sentence = useErrorSentence();
  const { data, error, retry } = useMine();
  const [asking, setAsking] = useState<Asking | null>(null);
  if (!data) {
    if (error) return <ErrorState error={error} onRetry={retry} />;
    return (
      <Card title="Discord">
        <SkeletonRows rows={1} />
      </Card>
    );
  }
  const connection = data.viewer.discordConnection;
  const download = () => {
    downloadMyData(request).catch((failure: unknown) => toast('bad', sentence(failure)));
  };
  return (
    <div className="space-y-4">
      <LinkOutcome />
      {!connection && <ConnectCard />}
      {connection && !connection.isVerified && <BrokenConnection connection={connection} />}
      {connection && (
        <Card
          title={<span className="max-sm:sr-only">Discord</span>}
          aside={
            <Account
              connection={connection}
              onDisconnect={() => setAsking('disconnect')}
              onDownload={download}
              onErase={() => setAsking('erase')}
            />
          }
        >
          {null}
        </Card>
      )}
      <MeDialogs viewer={data.viewer} asking={asking} onClose={() => setAsking(null)} />
    </div>
  );
}
