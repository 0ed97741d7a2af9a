import { useState } from 'react';
import { useAction } from '../api/data';
import { Button } from '../components/button';
import { Card } from '../components/card';
import { ConfirmDialog } from '../components/dialog';
import { useErrorSentence } from '../components/error-state';
import { Switch } from '../components/switch';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { type CourseServerFragment, deleteServer, pauseRemovals, updateServer } from './course.generated';
import { settingsTexts } from './settings-texts';

/** The stop switch, the main switch, and the end. */
export function ServerSwitches({ server }: { readonly server: CourseServerFragment }) {
  const words = useTexts(settingsTexts);
  const sentence = useErrorSentence();
  const pause = useAction(pauseRemovals);
  const update = useAction(updateServer);
  const remove = useAction(deleteServer);
  const [asking, setAsking] = useState<'release' | 'end' | null>(null);
  const failed = { onError: (error: Error) => toast('bad', sentence(error)) };
  const told = (kind: 'good' | 'bad', text: string) => {
    setAsking(null);
    toast(kind, text);
  };
  const disconnect = (endAccess: boolean) =>
    remove.mutate(
      { id: server.id, endAccess },
      {
        onSuccess: () => told('good', endAccess ? words.ending : words.released),
        onError: (error) => told('bad', sentence(error)),
      },
    );
  const dialog = (kind: 'release' | 'end') => (
    <ConfirmDialog
      open={asking === kind}
      onOpenChange={(open) => setAsking(open ? kind : null)}
      title={words[`${kind}Title`]}
      confirm={words[`${kind}Do`]}
      dangerous
      busy={remove.isPending}
      onConfirm={() => disconnect(kind === 'end')}
    >
      <p>{words[`${kind}Means`]}</p>
    </ConfirmDialog>
  );
  return (
    <Card title={words.switches}>
      <div className="space-y-6 border-t border-line px-4 py-4 sm:px-6">
        <Switch
          label={words.pause}
          hint={words.pauseHint}
          checked={pause.isPending ? pause.variables.paused : server.removalsPaused}
          onChange={(paused) => pause.mutate({ configId: server.id, paused }, failed)}
        />
        <Switch
          label={words.active}
          hint={words.activeHint}
          checked={update.isPending ? update.variables.isActive === true : server.isActive}
          onChange={(isActive) => update.mutate({ id: server.id, isActive }, failed)}
        />
        <div>
          <p className="font-medium">{words.disconnect}</p>
          <p className="mb-3 text-ink-soft">{words.disconnectHint}</p>
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => setAsking('release')}>{words.release}</Button>
            <Button look="danger" onClick={() => setAsking('end')}>
              {words.end}
            </Button>
          </div>
        </div>
      </div>
      {dialog('release')}
      {dialog('end')}
    </Card>
  );
}
