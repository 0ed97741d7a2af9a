import { Link as LinkIcon } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../api/data';
import { Badge } from '../components/badge';
import { Banner } from '../components/banner';
import { Button, ButtonOut } from '../components/button';
import { Card } from '../components/card';
import { ConfirmDialog } from '../components/dialog';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { type Course } from './course-shown';
import { TextField } from './field';
import { removeLink, setLink } from './link.generated';
import { linkTexts } from './link-texts';
import { LinkVisits } from './link-visits';

/** Manual mode: the link, whether it works, who pressed Join and who is in. */
export function JoinLink({ course }: { readonly course: Course }) {
  const words = useTexts(linkTexts);
  const [isEditing, setEditing] = useState(false);
  const link = course.discordLink;
  return (
    <Card
      title={words.title}
      aside={
        link && (
          <Badge tone={link.working === false ? 'trouble' : link.working ? 'joined' : 'waiting'}>
            {link.working === false ? words.dead : link.working ? words.working : words.unknown}
          </Badge>
        )
      }
    >
      <div className="space-y-4 border-t border-line px-4 py-4 sm:px-6">
        <p className="text-ink-soft">{words.means}</p>
        {link && link.howToMend !== null && <Banner kind="trouble" title={link.howToMend} />}
        {link && !isEditing && <Shown course={course} link={link} onEdit={() => setEditing(true)} />}
        {(!link || isEditing) && (
          <LinkForm course={course} onDone={() => setEditing(false)} canCancel={link !== null} />
        )}
        {link && <LinkVisits courseId={course.id} students={link.uniqueStudents} />}
      </div>
    </Card>
  );
}

function Shown({
  course,
  link,
  onEdit,
}: {
  readonly course: Course;
  readonly link: NonNullable<Course['discordLink']>;
  readonly onEdit: () => void;
}) {
  const words = useTexts(linkTexts);
  const sentence = useErrorSentence();
  const [isAsking, setAsking] = useState(false);
  const { mutate, isPending } = useAction(removeLink);
  const told = (kind: 'good' | 'bad', text: string) => {
    setAsking(false);
    toast(kind, text);
  };
  const remove = () =>
    mutate(
      { courseId: course.id },
      { onSuccess: () => told('good', words.removed), onError: (error) => told('bad', sentence(error)) },
    );
  const copy = () =>
    navigator.clipboard.writeText(link.inviteLink).then(
      () => toast('good', words.copied),
      () => toast('bad', words.copyFailed),
    );
  return (
    <div className="space-y-3">
      <p className="flex items-start gap-2">
        <LinkIcon aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-faint" />
        <span className="min-w-0 break-all">
          {link.serverName !== null && <span className="font-medium">{link.serverName} · </span>}
          {link.inviteLink}
          <span className="block text-ink-soft">{words.clicks(link.clicks, link.uniqueStudents)}</span>
        </span>
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => void copy()}>{words.copy}</Button>
        <ButtonOut href={link.inviteLink}>{words.open}</ButtonOut>
        <Button onClick={onEdit}>{words.change}</Button>
        <Button look="danger" onClick={() => setAsking(true)}>
          {words.remove}
        </Button>
      </div>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={words.removeTitle}
        confirm={words.removeDo}
        dangerous
        busy={isPending}
        onConfirm={remove}
      >
        <p>{words.removeMeans}</p>
      </ConfirmDialog>
    </div>
  );
}

function LinkForm({
  course,
  canCancel,
  onDone,
}: {
  readonly course: Course;
  readonly canCancel: boolean;
  readonly onDone: () => void;
}) {
  const words = useTexts(linkTexts);
  const sentence = useErrorSentence();
  const [inviteLink, setInviteLink] = useState(course.discordLink?.inviteLink ?? '');
  const [serverName, setServerName] = useState('');
  const { mutate, isPending } = useAction(setLink);
  const save = () =>
    mutate(
      { courseId: course.id, inviteLink: inviteLink.trim(), serverName: serverName.trim() || null },
      {
        onSuccess: () => {
          toast('good', words.saved);
          onDone();
        },
        onError: (error) => toast('bad', sentence(error)),
      },
    );
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextField
        label={words.link}
        hint={words.linkHint}
        type="url"
        required
        autoComplete="off"
        value={inviteLink}
        onChange={(event) => setInviteLink(event.target.value)}
      />
      <TextField
        label={words.name}
        maxLength={100}
        value={serverName}
        onChange={(event) => setServerName(event.target.value)}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" busy={isPending}>
          {words.set}
        </Button>
        {canCancel && (
          <Button look="quiet" onClick={onDone}>
            {words.cancel}
          </Button>
        )}
      </div>
    </form>
  );
}
