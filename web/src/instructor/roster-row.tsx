import { clsx } from 'clsx';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../api/data';
import { addressOf, type Service, useService } from '../api/service';
import { StatusBadge } from '../components/badge';
import { Button, buttonClass } from '../components/button';
import { useErrorSentence } from '../components/error-state';
import { Menu, MenuItem } from '../components/menu';
import { exactTime, RelativeTime, shortDate } from '../components/relative-time';
import { toast } from '../components/toast';
import { useLanguage } from '../texts/language';
import { useTexts } from '../texts/texts';
import { StudentHistory } from './parts-on-demand';
import { RemoveDialog } from './remove-dialog';
import { inviteStudent, type RosterMembershipFragment } from './roster.generated';
import { rosterTexts } from './roster-texts';

/** One student: where they stand, why in a sentence, and what can be done about it. */
export function RosterRow({
  membership,
  courseId,
  rowIndex,
  columns,
}: {
  readonly membership: RosterMembershipFragment;
  readonly courseId: string;
  readonly rowIndex: number;
  /** How many of them the table shows. */
  readonly columns: number;
}) {
  const words = useTexts(rosterTexts);
  const [isOpen, setOpen] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  // What it was when the row was drawn first: another status than that is news.
  const [first] = useState(membership.updatedAt);
  const { student, explanation } = membership;
  const name = student.displayName ?? words.nameless;
  const account = student.discordConnection?.username;
  const link = linkFor(membership, useService());
  const copy = useCopy();
  const isNew = membership.updatedAt !== first;
  return (
    <>
      <tr
        // A new key for each change: it glows once for each.
        key={membership.updatedAt}
        aria-rowindex={rowIndex}
        className={clsx('h-16 border-t border-line align-middle', isNew && 'animate-glow')}
      >
        <th scope="row" className="py-2 pr-4 font-medium">
          {name}
          <span className="block font-normal text-ink-soft md:hidden">{account ?? words.noAccount}</span>
          <span className="mt-1 block sm:hidden">
            <State membership={membership} />
          </span>
          <span className="mt-1 block font-normal text-ink-soft lg:hidden">{explanation}</span>
        </th>
        <td className="hidden truncate px-4 py-2 text-ink-soft md:table-cell">{account ?? words.noAccount}</td>
        <td className="px-4 py-2 max-sm:hidden">
          <State membership={membership} />
        </td>
        <td className="hidden px-4 py-2 text-ink-soft lg:table-cell">{explanation}</td>
        <td className="py-2">
          <div className="flex items-center justify-end gap-1">
            {link !== null && (
              <Button look="quiet" className="max-sm:hidden" onClick={() => copy(link)}>
                {words.copy}
              </Button>
            )}
            <Options
              membership={membership}
              courseId={courseId}
              name={name}
              isOpen={isOpen}
              onToggle={() => setOpen(!isOpen)}
              onRemove={() => setRemoving(true)}
            />
          </div>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={columns} className="pb-4">
            <p className="mb-2 text-ink-soft">
              {explanation} <RelativeTime at={membership.updatedAt} />
            </p>
            <StudentHistory courseId={courseId} userId={student.id} name={name} />
          </td>
        </tr>
      )}
      {isRemoving && (
        <RemoveDialog courseId={courseId} userId={student.id} name={name} onClose={() => setRemoving(false)} />
      )}
    </>
  );
}

/** Where they stand, and since when they are in. */
function State({ membership: { status, reason, joinedAt } }: { readonly membership: RosterMembershipFragment }) {
  const words = useTexts(rosterTexts);
  const language = useLanguage();
  return (
    <>
      <StatusBadge status={status} reason={reason} />
      {status === 'JOINED' && joinedAt !== null && (
        <span title={exactTime(joinedAt, language)} className="ml-2 text-xs whitespace-nowrap text-ink-faint">
          {words.since(shortDate(joinedAt, language))}
        </span>
      )}
    </>
  );
}

function Options({
  membership,
  courseId,
  name,
  isOpen,
  onToggle,
  onRemove,
}: {
  readonly membership: RosterMembershipFragment;
  readonly courseId: string;
  readonly name: string;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly onRemove: () => void;
}) {
  const words = useTexts(rosterTexts);
  const sentence = useErrorSentence();
  const { mutate } = useAction(inviteStudent);
  const { status, student } = membership;
  const link = linkFor(membership, useService());
  const copy = useCopy();
  const invite = () =>
    mutate(
      { userId: student.id, courseId },
      {
        onSuccess: () => toast('good', words.inviting(name)),
        onError: (error) => toast('bad', sentence(error)),
      },
    );
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={words.optionsOf(name)}
          className={buttonClass('quiet', 'w-11 sm:w-10', 'px-0')}
        >
          <Ellipsis aria-hidden className="size-5 shrink-0" />
        </button>
      }
    >
      <MenuItem onSelect={onToggle}>{isOpen ? words.historyHide : words.history}</MenuItem>
      {link !== null && <MenuItem onSelect={() => copy(link)}>{words.copy}</MenuItem>}
      {status !== 'JOINED' && (
        <MenuItem onSelect={invite}>{status === 'PENDING' ? words.invite : words.inviteAgain}</MenuItem>
      )}
      {status !== 'REMOVED' && (
        <MenuItem dangerous onSelect={onRemove}>
          {words.remove}
        </MenuItem>
      )}
    </Menu>
  );
}

/** What to send a student who has to do something: their invite, or the page where Discord is connected. */
function linkFor({ nextStep, inviteLink }: RosterMembershipFragment, service: Service): string | null {
  const needsPage = nextStep === 'CONNECT_DISCORD' || nextStep === 'RECONNECT_DISCORD' || nextStep === 'JOIN';
  return inviteLink ?? (needsPage ? addressOf(service, '/me') : null);
}

function useCopy(): (link: string) => void {
  const words = useTexts(rosterTexts);
  return (link) =>
    void navigator.clipboard.writeText(link).then(
      () => toast('good', words.copied),
      () => toast('bad', words.copyFailed),
    );
}
