import { useAction } from '../api/data';
import { ConfirmDialog } from '../components/dialog';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useLanguage } from '../texts/language';
import { useTexts } from '../texts/texts';
import { disconnectDiscord, eraseMyData, type MeQuery } from './me.generated';
import { meTexts } from './me-texts';

export type Asking = 'disconnect' | 'erase';

/** Before the connection goes: what that will do, with the servers by name. */
export function MeDialogs({
  viewer,
  asking,
  onClose,
}: {
  readonly viewer: MeQuery['viewer'];
  readonly asking: Asking | null;
  readonly onClose: () => void;
}) {
  const words = useTexts(meTexts);
  const language = useLanguage();
  const sentence = useErrorSentence();
  const disconnect = useAction(disconnectDiscord);
  const erase = useAction(eraseMyData);
  const after = (done: string) => ({
    onSuccess: () => {
      onClose();
      toast('good', done);
    },
    onError: (error: Error) => toast('bad', sentence(error)),
  });
  const servers = [
    ...new Set(
      viewer.memberships.nodes
        .filter(({ status, removedAt }) => status === 'JOINED' && removedAt === null)
        .map(({ guildName }) => guildName),
    ),
  ];
  const loses = (
    <p>
      {servers.length === 0
        ? words.disconnectNone
        : words.disconnectServers(new Intl.ListFormat(language).format(servers))}
    </p>
  );
  return (
    <>
      <ConfirmDialog
        open={asking === 'disconnect'}
        onOpenChange={(open) => (open ? undefined : onClose())}
        title={words.disconnectTitle}
        confirm={words.disconnectDo}
        dangerous
        busy={disconnect.isPending}
        onConfirm={() => disconnect.mutate({}, after(words.disconnected))}
      >
        {loses}
        <p>{words.disconnectMeans}</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === 'erase'}
        onOpenChange={(open) => (open ? undefined : onClose())}
        title={words.eraseTitle}
        confirm={words.eraseDo}
        dangerous
        busy={erase.isPending}
        onConfirm={() => erase.mutate({}, after(words.erased))}
      >
        {loses}
        <p>{words.eraseMeans}</p>
        <p>{words.eraseKeeps}</p>
      </ConfirmDialog>
    </>
  );
}
