import { useAction } from '../api/data';
import { Button, ButtonLink } from '../components/button';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { compareCourse, inviteAgain } from './people.generated';
import { mendingOf, type Place } from './people.policy';
import { peopleTexts } from './people-texts';

/** The one thing that brings somebody's place forward; nothing where there is none. */
export function MendingButton({ place, name }: { readonly place: Place; readonly name: string }) {
  const words = useTexts(peopleTexts);
  const sentence = useErrorSentence();
  const invite = useAction(inviteAgain);
  const compare = useAction(compareCourse);
  const { course, student, inviteLink } = place;
  const onError = (error: unknown) => toast('bad', sentence(error));
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      toast('good', words.copied);
    } catch {
      toast('bad', words.notCopied + text);
    }
  };
  switch (mendingOf(place)) {
    case 'invite':
      return (
        <Button
          look="primary"
          busy={invite.isPending}
          onClick={() =>
            invite.mutate(
              { courseId: course.id, userId: student.id },
              { onSuccess: () => toast('good', words.invited(name, course.title)), onError },
            )
          }
        >
          {words.invite}
        </Button>
      );
    case 'copyInvite':
      return <Button onClick={() => void copy(inviteLink ?? '')}>{words.copyInvite}</Button>;
    case 'copyPage':
      return <Button onClick={() => void copy(`${location.origin}/me`)}>{words.copyPage}</Button>;
    case 'open':
      return <ButtonLink to={`/courses/${course.id}/discord`}>{words.open}</ButtonLink>;
    case 'check':
      return (
        <Button
          busy={compare.isPending}
          onClick={() =>
            compare.mutate(
              { courseId: course.id },
              { onSuccess: () => toast('good', words.checking(course.title)), onError },
            )
          }
        >
          {words.check}
        </Button>
      );
    case null:
      return null;
  }
}
