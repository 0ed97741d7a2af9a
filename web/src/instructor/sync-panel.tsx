import { useMutation } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { useAction } from '../api/data';
import { codeOf, useRequest } from '../api/request';
import { Banner } from '../components/banner';
import { Button } from '../components/button';
import { Card } from '../components/card';
import { ErrorState, useErrorSentence } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { PlanView } from './plan-view';
import { RunProgress } from './run-progress';
import { type RunFragment, startSync, syncPlan } from './sync.generated';
import { syncTexts } from './sync-texts';

/** The plan, then the same place as the progress, then as the result with its undo. */
export function SyncPanel({
  courseId,
  guildId,
  runs,
  onClose,
}: {
  readonly courseId: string;
  readonly guildId: string;
  readonly runs: readonly RunFragment[];
  readonly onClose: () => void;
}) {
  const words = useTexts(syncTexts);
  const sentence = useErrorSentence();
  const [run, setRun] = useState<RunFragment | null>(null);
  // Lists all members: asked once when it is opened, and never again by itself.
  const request = useRequest();
  const plan = useMutation({ mutationFn: () => request(syncPlan, { courseId, guildId }) });
  const look = useEffectEvent(() => plan.mutate());
  useEffect(() => look(), []);
  const start = useAction(startSync);
  const apply = () =>
    start.mutate(
      { courseId },
      {
        onSuccess: ({ syncCourse }) => {
          const here = syncCourse.find((each) => each.guildId === guildId);
          if (here) setRun(here);
        },
        onError: (error) => toast('bad', sentence(error)),
      },
    );
  const found = plan.data?.syncPlan[0];
  return (
    <Card
      title={run ? words.sync : words.plan}
      aside={
        <Button look="quiet" onClick={onClose}>
          {words.close}
        </Button>
      }
    >
      <div className="space-y-4 border-t border-line px-4 py-4 sm:px-6">
        {run && <RunProgress started={run} />}
        {!run && plan.error && codeOf(plan.error) === 'SERVER_NOT_READY' && (
          <Banner kind="trouble" title={plan.error.message} />
        )}
        {!run && plan.error && codeOf(plan.error) !== 'SERVER_NOT_READY' && (
          <ErrorState error={plan.error} onRetry={() => plan.mutate()} />
        )}
        {!run && !plan.error && !found && (
          <>
            <p role="status" className="text-ink-soft">
              {words.looking}
            </p>
            <SkeletonRows rows={2} />
          </>
        )}
        {!run && found && (
          <>
            <PlanView plan={found} runs={runs} />
            <div className="flex justify-end">
              <Button look="primary" busy={start.isPending} onClick={apply}>
                {words.apply}
              </Button>
            </div>
          </>
        )}
      </div>
    </Card>
  );
}
