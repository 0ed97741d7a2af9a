import { Figures } from '../admin/figures';
import { Targets } from '../admin/targets';
import { useOverview } from '../admin/use-overview';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';

/** How well it goes on the whole platform, beside what should be reached; for admins. */
export function PlatformMetrics() {
  const { asked, range, setRange } = useOverview();
  const { data, error, refetch } = asked;
  if (!data) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows rows={6} />;
  return (
    <div className="space-y-8">
      <Figures metrics={data.metrics} range={range} onRange={setRange} />
      <Targets targets={data.metrics.targets} />
    </div>
  );
}
