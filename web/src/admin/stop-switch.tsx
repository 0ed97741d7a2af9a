import { useAction, useData } from '../api/data';
import { Card } from '../components/card';
import { ErrorState, useErrorSentence } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { Switch } from '../components/switch';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { setStopSwitch, stopSwitch } from './work.generated';
import { workTexts } from './work-texts';

/** Ends all removals that nobody asks for by name, in every server at once. */
export function StopSwitch() {
  const words = useTexts(workTexts);
  const sentence = useErrorSentence();
  const { data, error, refetch } = useData(stopSwitch, {});
  const set = useAction(setStopSwitch);
  return (
    <Card title={words.stop}>
      {!data && error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={1} />}
      {data && (
        <div className="border-t border-line px-4 py-4 sm:px-6">
          <Switch
            label={words.stopAll}
            hint={words.stopMeans}
            checked={set.isPending ? set.variables.paused : data.removalsPaused}
            onChange={(paused) => set.mutate({ paused }, { onError: (failure) => toast('bad', sentence(failure)) })}
          />
        </div>
      )}
    </Card>
  );
}
