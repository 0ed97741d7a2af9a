import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../api/data';
import { ConfirmDialog } from '../components/dialog';
import { useErrorSentence } from '../components/error-state';
import { Menu, MenuItem } from '../components/menu';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { deleteEndpoint, setEndpoint } from './work.generated';
import { workTexts } from './work-texts';

/** What can be done with an address that is told of changes. */
export function EndpointMenu({
  endpoint: { id, url, active },
}: {
  readonly endpoint: { readonly id: string; readonly url: string; readonly active: boolean };
}) {
  const words = useTexts(workTexts);
  const sentence = useErrorSentence();
  const [isAsking, setAsking] = useState(false);
  const change = useAction(setEndpoint);
  const remove = useAction(deleteEndpoint);
  const onError = (error: unknown) => toast('bad', sentence(error));
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={words.options(url)}
            className="grid size-11 shrink-0 place-items-center rounded-md text-ink-soft hover:bg-surface hover:text-ink sm:size-10"
          >
            <Ellipsis aria-hidden className="size-4 shrink-0" />
          </button>
        }
      >
        <MenuItem onSelect={() => change.mutate({ id, url, active: !active }, { onError })}>
          {active ? words.switchOff : words.switchOn}
        </MenuItem>
        <MenuItem dangerous onSelect={() => setAsking(true)}>
          {words.remove}
        </MenuItem>
      </Menu>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={words.removeTitle}
        confirm={words.removeIt}
        dangerous
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ id }, { onSuccess: () => setAsking(false), onError })}
      >
        <p className="break-all">{url}</p>
        <p>{words.removeMeans}</p>
      </ConfirmDialog>
    </>
  );
}
