import { Button } from '../components/button';
import { Card } from '../components/card';
import { useTexts } from '../texts/texts';
import { RunProgress } from './run-progress';
import { type RunFragment } from './sync.generated';
import { syncTexts } from './sync-texts';

/** A run that somebody began, here or elsewhere: how far it is, then its result, until it is closed. */
export function FollowedRun({ run, onClose }: { readonly run: RunFragment; readonly onClose: () => void }) {
  const words = useTexts(syncTexts);
  return (
    <Card
      title={words.sync}
      aside={
        <Button look="quiet" onClick={onClose}>
          {words.close}
        </Button>
      }
    >
      <div className="border-t border-line px-4 py-4 sm:px-6">
        <RunProgress key={run.id} started={run} />
      </div>
    </Card>
  );
}
