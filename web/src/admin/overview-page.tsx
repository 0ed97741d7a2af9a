import { useQueryClient } from '@tanstack/react-query';
import { askAgain } from '../api/data';
import { useLive } from '../api/live';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { PageTitle } from '../shell/page-title';
import { useTexts } from '../texts/texts';
import { Figures } from './figures';
import { overview, serverHealth } from './overview.generated';
import { overviewTexts } from './overview-texts';
import { Stream } from './stream';
import { Targets } from './targets';
import { Troubled } from './troubled';
import { useOverview } from './use-overview';
import { Verdict } from './verdict';

/** `/admin`: is it working? Then how well, and what happens just now. */
export function OverviewPage() {
  const words = useTexts(overviewTexts);
  const queries = useQueryClient();
  const { asked, range, setRange } = useOverview();
  const { data, error, refetch } = asked;
  useLive(
    serverHealth,
    { after: data?.logEnd ?? null },
    () => null,
    () => void askAgain(queries, { queryKey: [overview.name] }),
  );
  return (
    <div className="space-y-8">
      <PageTitle title={words.title} />
      {data && (
        <>
          <Verdict data={data} />
          <Troubled servers={data.troubled.nodes} />
          <Figures metrics={data.metrics} range={range} onRange={setRange} />
        </>
      )}
      {!data && error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={6} />}
      <Stream />
      {data && <Targets targets={data.metrics.targets} />}
    </div>
  );
}
