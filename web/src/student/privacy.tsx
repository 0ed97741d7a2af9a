import { useAction } from '../api/data';
import { Button } from '../components/button';
import { useErrorSentence } from '../components/error-state';
import { Switch } from '../components/switch';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { setDirectMessages } from './me.generated';
import { meTexts } from './me-texts';

/** Whether the bot may write to me, and what is kept of me. */
export function Privacy({
  directMessages,
  onDownload,
  onErase,
}: {
  readonly directMessages: boolean;
  readonly onDownload: () => void;
  readonly onErase: () => void;
}) {
  const words = useTexts(meTexts);
  const sentence = useErrorSentence();
  const { mutate, isPending, variables } = useAction(setDirectMessages);
  return (
    <section aria-labelledby="privacy" className="space-y-6">
      <h2 id="privacy" className="text-base font-semibold">
        {words.privacy}
      </h2>
      <Switch
        label={words.messages}
        hint={words.messagesHint}
        // It moves at once; were it refused, it moves back.
        checked={isPending ? variables.enabled : directMessages}
        onChange={(enabled) => mutate({ enabled }, { onError: (error) => toast('bad', sentence(error)) })}
      />
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <p className="font-medium">{words.data}</p>
          <p className="text-ink-soft">{words.dataHint}</p>
        </div>
        <div className="flex flex-wrap gap-2 max-sm:w-full max-sm:*:flex-1">
          <Button onClick={onDownload}>{words.download}</Button>
          <Button look="danger" onClick={onErase}>
            {words.erase}
          </Button>
        </div>
      </div>
    </section>
  );
}
