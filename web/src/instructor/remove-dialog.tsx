import { useState } from 'react';
import { useAction } from '../api/data';
import { ConfirmDialog } from '../components/dialog';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { TextField } from './field';
import { removeStudent } from './roster.generated';
import { rosterTexts } from './roster-texts';

/** Before a student is removed: what that does, and why, for the log. */
export function RemoveDialog({
  courseId,
  userId,
  name,
  onClose,
}: {
  readonly courseId: string;
  readonly userId: string;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const words = useTexts(rosterTexts);
  const sentence = useErrorSentence();
  const [reason, setReason] = useState('');
  const { mutate, isPending } = useAction(removeStudent);
  const remove = () =>
    mutate(
      { courseId, userId, reason: reason.trim() === '' ? null : reason.trim() },
      {
        onSuccess: () => {
          toast('good', words.removing(name));
          onClose();
        },
        onError: (error) => toast('bad', sentence(error)),
      },
    );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={words.removeTitle(name)}
      confirm={words.removeDo}
      dangerous
      busy={isPending}
      onConfirm={remove}
    >
      <p>{words.removeMeans}</p>
      <TextField
        label={words.removeReason}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </ConfirmDialog>
  );
}
