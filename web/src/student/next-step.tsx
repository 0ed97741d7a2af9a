import { ExternalLink } from 'lucide-react';
import { useAction } from '../api/data';
import { Button, ButtonOut } from '../components/button';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useDiscordLink } from '../components/use-discord-link';
import { useTexts } from '../texts/texts';
import { type Membership } from './course-list.policy';
import { pressJoin, rejoin } from './me.generated';
import { meTexts } from './me-texts';

/** The one thing that the student can do next; nothing where there is nothing to do. */
export function NextStepButton({
  membership,
  link,
  autoJoin,
}: {
  readonly membership: Membership;
  readonly link: string | null;
  readonly autoJoin: boolean;
}) {
  const words = useTexts(meTexts);
  const { nextStep, inviteLink, serverUrl } = membership;
  const courseId = membership.course.id;
  switch (nextStep) {
    case 'CONNECT_DISCORD':
      return <ConnectButton label={words.connectShort} autoJoin={autoJoin} />;
    case 'RECONNECT_DISCORD':
      return <ConnectButton label={words.reconnect} autoJoin={autoJoin} />;
    case 'OPEN_INVITE':
      return inviteLink === null ? null : (
        <ButtonOut look="primary" href={inviteLink}>
          {words.openInvite}
          <ExternalLink aria-hidden className="size-4" />
        </ButtonOut>
      );
    case 'JOIN':
      return <JoinButton courseId={courseId} />;
    case 'REQUEST_NEW_INVITE':
      return <RejoinButton label={words.newInvite} courseId={courseId} />;
    case 'LEAVE_A_SERVER':
      return <RejoinButton label={words.tryAgain} courseId={courseId} />;
    case 'REJOIN':
      return <RejoinButton look="plain" label={words.comeBack} courseId={courseId} />;
    case 'COMPLETE_SCREENING':
      return (
        <ButtonOut look="primary" href={serverUrl}>
          {words.openDiscord}
          <ExternalLink aria-hidden className="size-4" />
        </ButtonOut>
      );
    case 'WAIT':
    case 'FIX_SERVER':
      // The bot cannot help just now; the course's own link can.
      return link === null ? null : <JoinByLink courseId={courseId} link={link} />;
    case 'CONFIRM_REMOVALS':
    case null:
      return null;
  }
}

function ConnectButton({ label, autoJoin }: { readonly label: string; readonly autoJoin: boolean }) {
  const { isBusy, start } = useDiscordLink();
  return (
    <Button busy={isBusy} onClick={() => start({ autoJoin })}>
      {label}
    </Button>
  );
}

function RejoinButton({
  label,
  courseId,
  look = 'primary',
}: {
  readonly label: string;
  readonly courseId: string;
  /** Who left on purpose is not pressed to come back. */
  readonly look?: 'primary' | 'plain';
}) {
  const sentence = useErrorSentence();
  const { mutate, isPending } = useAction(rejoin);
  return (
    <Button
      look={look}
      busy={isPending}
      onClick={() => mutate({ courseId }, { onError: (error) => toast('bad', sentence(error)) })}
    >
      {label}
    </Button>
  );
}

/** Sets the membership going; it comes in, or its invite appears in this row. */
function JoinButton({ courseId }: { readonly courseId: string }) {
  const words = useTexts(meTexts);
  const sentence = useErrorSentence();
  const { mutate, isPending } = useAction(pressJoin);
  return (
    <Button
      look="primary"
      busy={isPending}
      onClick={() => mutate({ courseId }, { onError: (error) => toast('bad', sentence(error)) })}
    >
      {words.join}
    </Button>
  );
}

/** Opens the link on the click itself, which no pop-up blocker stops; the press is counted beside it. */
export function JoinByLink({ courseId, link }: { readonly courseId: string; readonly link: string }) {
  const words = useTexts(meTexts);
  const { mutate } = useAction(pressJoin);
  return (
    <ButtonOut look="primary" href={link} onClick={() => mutate({ courseId })}>
      {words.joinByLink}
      <ExternalLink aria-hidden className="size-4" />
    </ButtonOut>
  );
}
