import { useState } from 'react';
import { useAction } from '../api/data';
import { Button } from '../components/button';
import { ConfirmDialog } from '../components/dialog';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { type RunFragment, undoRun } from './sync.generated';
import { syncTexts } from './sync-texts';

/** Brings back whom a run removed. @param onUndone told of the run that does it */
export function UndoButton({
  run,
  onUndone,
}: {
  readonly run: RunFragment;
  readonly onUndone?: ((run: RunFragment) => void) | undefined;
}) {
  const words = useTexts(syncTexts);
  const sentence = useErrorSentence();
  const [isAsking, setAsking] = useState(false);
  const { mutate, isPending, isSuccess } = useAction(undoRun);
  if (isSuccess) return <span className="text-ink-soft">{words.undone}</span>;
  return (
    <>
      <Button onClick={() => setAsking(true)}>{words.undo}</Button>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={words.undoTitle(run.removed)}
        confirm={words.undoDo}
        busy={isPending}
        onConfirm={() =>
          mutate(
            { id: run.id },
            {
              onSuccess: ({ undoSyncRun }) => {
                setAsking(false);
                toast('good', words.undone);
                onUndone?.(undoSyncRun);
              },
              onError: (error) => {
                setAsking(false);
                toast('bad', sentence(error));
              },
            },
          )
        }
      >
        <p>{words.undoMeans}</p>
      </ConfirmDialog>
    </>
  );
}
