import { useEffect, useState } from 'react';
import { useAction } from '../api/data';
import { Button } from '../components/button';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { courseLines, type Membership } from '../student/course-list.policy';
import { pressJoin, rejoin } from '../student/me.generated';
import { meTexts } from '../student/me-texts';
import { JoinByLink, NextStepButton } from '../student/next-step';
import { useTexts } from '../texts/texts';
import { embedTexts } from './embed-texts';
import { joinableOf, linesOf } from './lines.policy';
import { useMine } from './use-mine';

/** How long a tab waits for its address, milliseconds. */
const PATIENCE = 20_000;

/** A tab that was opened by a click, and the membership whose address it is to show. */
interface Opened {
  readonly tab: Window;
  readonly membershipId: string;
}

/** The way into a course's server, in a tab of its own; nothing for somebody who is not enrolled or has nothing to join. */
export function Join({ courseId }: { readonly courseId: string }) {
  const { data } = useMine();
  const own = useTexts(embedTexts);
  const [opened, setOpened] = useState<Opened | null>(null);
  const viewer = data?.viewer;
  const lines = viewer ? linesOf(courseLines(viewer), courseId) : [];
  const awaited = viewer?.memberships.nodes.find(({ id }) => id === opened?.membershipId);
  const address = awaited ? (awaited.inviteLink ?? (awaited.status === 'JOINED' ? awaited.serverUrl : null)) : null;

  useEffect(() => {
    if (!opened) return;
    if (address !== null) {
      opened.tab.location.replace(address);
      setOpened(null);
      return;
    }
    const timer = setTimeout(() => {
      opened.tab.close();
      setOpened(null);
      toast('bad', own.late);
    }, PATIENCE);
    return () => clearTimeout(timer);
  }, [opened, address, own]);

  const isEnrolled = viewer?.enrolledCourses.nodes.some(({ id }) => id === courseId) === true;
  const line = isEnrolled ? joinableOf(lines) : undefined;
  if (!line) return null;
  if (line.kind === 'course') {
    const { discordLink } = line.course;
    return discordLink && <JoinByLink courseId={courseId} link={discordLink.inviteLink} />;
  }
  switch (line.membership.nextStep) {
    case 'JOIN':
    case 'REQUEST_NEW_INVITE':
    case 'LEAVE_A_SERVER':
    case 'REJOIN':
      return <Press membership={line.membership} isWaiting={opened !== null} onOpened={setOpened} />;
    default:
      return <NextStepButton membership={line.membership} link={line.link} autoJoin />;
  }
}

/** What has to be asked for first: the tab opens on the click itself, and goes on when there is an address. */
function Press({
  membership,
  isWaiting,
  onOpened,
}: {
  readonly membership: Membership;
  readonly isWaiting: boolean;
  readonly onOpened: (opened: Opened | null) => void;
}) {
  const words = useTexts(meTexts);
  const own = useTexts(embedTexts);
  const sentence = useErrorSentence();
  const { nextStep, id, course } = membership;
  const { mutate, isPending } = useAction<unknown, { readonly courseId: string }>(
    nextStep === 'JOIN' ? pressJoin : rejoin,
  );
  const press = () => {
    const tab = window.open('about:blank', '_blank');
    if (tab) {
      // What `noopener` does; with it we could not lead the tab on.
      tab.opener = null;
      tab.document.title = 'Discord';
      tab.document.body.textContent = own.moment;
    }
    mutate(
      { courseId: course.id },
      {
        onSuccess: () => onOpened(tab && { tab, membershipId: id }),
        onError: (error) => {
          tab?.close();
          toast('bad', sentence(error));
        },
      },
    );
  };
  const label = {
    JOIN: words.join,
    REQUEST_NEW_INVITE: words.newInvite,
    LEAVE_A_SERVER: words.tryAgain,
    REJOIN: words.comeBack,
  };
  return (
    <Button look={nextStep === 'REJOIN' ? 'plain' : 'primary'} busy={isPending || isWaiting} onClick={press}>
      {label[nextStep as keyof typeof label]}
    </Button>
  );
}
