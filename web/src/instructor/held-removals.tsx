import { useState } from 'react';
import { useAction, useData } from '../api/data';
import { Banner } from '../components/banner';
import { Button } from '../components/button';
import { ConfirmDialog } from '../components/dialog';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useLanguage } from '../texts/language';
import { useTexts } from '../texts/texts';
import { cancelRun, confirmRun, heldRemovals, type RunFragment } from './sync.generated';
import { syncTexts } from './sync-texts';

/** How many are named. */
const NAMED = 5;

/** Removals that wait: whom they are about, and the decision. They stay on top until somebody makes it. */
export function HeldRemovals({ run, courseId }: { readonly run: RunFragment; readonly courseId: string }) {
  const words = useTexts(syncTexts);
  const sentence = useErrorSentence();
  const language = useLanguage();
  const [isAsking, setAsking] = useState(false);
  const confirm = useAction(confirmRun);
  const cancel = useAction(cancelRun);
  const { data } = useData(heldRemovals, { courseId, guildId: run.guildId });
  const count = Math.max(run.total - run.removed, 1);
  const names = (data?.memberships.nodes ?? [])
    .slice(0, NAMED)
    .map(({ student }) => student.displayName ?? words.nameless);
  const told = (kind: 'good' | 'bad', text: string) => {
    setAsking(false);
    toast(kind, text);
  };
  const decide = (decision: typeof confirm | typeof cancel, said: string) =>
    decision.mutate(
      { id: run.id },
      { onSuccess: () => told('good', said), onError: (error) => told('bad', sentence(error)) },
    );
  return (
    <section aria-label={words.heldTitle(count)}>
      <Banner
        kind="trouble"
        title={words.heldTitle(count)}
        action={
          <div className="flex flex-wrap gap-2">
            <Button busy={cancel.isPending} onClick={() => decide(cancel, words.kept)}>
              {words.keep}
            </Button>
            <Button look="danger" onClick={() => setAsking(true)}>
              {words.confirm}
            </Button>
          </div>
        }
      >
        <p>{words.heldMeans}</p>
        {names.length > 0 && (
          <p className="text-ink">
            {words.heldWho(new Intl.ListFormat(language, { type: 'unit' }).format(names), count - names.length)}
          </p>
        )}
      </Banner>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={words.confirmTitle(count)}
        confirm={words.confirmDo}
        dangerous
        busy={confirm.isPending}
        onConfirm={() => decide(confirm, words.confirmed)}
      >
        <p>{words.confirmMeans}</p>
      </ConfirmDialog>
    </section>
  );
}
