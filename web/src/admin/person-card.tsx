import { clsx } from 'clsx';
import { Link } from 'react-router';
import { Avatar } from '../components/avatar';
import { Badge, StatusBadge } from '../components/badge';
import { Button } from '../components/button';
import { Card } from '../components/card';
import { ErrorState } from '../components/error-state';
import { RelativeTime } from '../components/relative-time';
import { SkeletonRows } from '../components/skeleton';
import { useTexts } from '../texts/texts';
import { adminTexts } from './admin-texts';
import { LogStatus } from './log-status';
import { actionTexts } from './log-texts';
import { MendingButton } from './mending-button';
import { type Person, type Place } from './people.policy';
import { peopleTexts } from './people-texts';
import { useLog } from './use-log';

/** Somebody: their account, where they stand and why, and what happened. */
export function PersonCard({ person: { student, places } }: { readonly person: Person }) {
  const words = useTexts(peopleTexts);
  const shared = useTexts(adminTexts);
  const name = student.displayName ?? shared.nobody;
  const { discordConnection } = student;
  return (
    <div className="space-y-8">
      <header className="flex items-center gap-4">
        <Avatar url={discordConnection?.avatarUrl ?? null} name={name} className="size-12" />
        <div className="min-w-0">
          <h2 className="text-xl font-semibold tracking-tight">{name}</h2>
          <p className="text-ink-soft">
            {discordConnection === null && words.notLinked}
            {discordConnection &&
              (discordConnection.isVerified ? words.linked(discordConnection.username) : words.revoked)}
          </p>
          <p className="text-xs break-all text-ink-faint">
            {words.ids(student.id)}
            {discordConnection && ` · ${words.discordId(discordConnection.discordUserId)}`}
          </p>
        </div>
      </header>
      <Card title={words.memberships}>
        <ul>
          {places.map((place) => (
            <PlaceRow key={place.id} place={place} name={name} />
          ))}
        </ul>
      </Card>
      <Card
        title={words.happened}
        aside={
          <Link to={`/admin/log?person=${student.id}`} className="text-accent underline underline-offset-3">
            {words.wholeLog}
          </Link>
        }
      >
        <History userId={student.id} />
      </Card>
    </div>
  );
}

function PlaceRow({ place, name }: { readonly place: Place; readonly name: string }) {
  const words = useTexts(peopleTexts);
  return (
    <li className="grid items-center gap-x-6 gap-y-2 border-t border-line px-4 py-3 sm:grid-cols-[1fr_auto] sm:px-6">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h3 className="font-medium">
            <Link
              to={`/courses/${place.course.id}/discord`}
              className="underline decoration-line-strong underline-offset-3 hover:text-accent"
            >
              {place.course.title}
            </Link>
          </h3>
          <span className="text-ink-soft">{place.guildName}</span>
          <StatusBadge status={place.status} reason={place.reason} />
          {!place.inSync && <Badge tone="waiting">{words.settling}</Badge>}
        </div>
        <p className="mt-1 text-ink-soft">
          {place.explanation}
          <span className="text-ink-faint">
            {' · '}
            <RelativeTime at={place.updatedAt} />
          </span>
        </p>
      </div>
      <MendingButton place={place} name={name} />
    </li>
  );
}

function History({ userId }: { readonly userId: string }) {
  const words = useTexts(peopleTexts);
  const shared = useTexts(adminTexts);
  const actions = useTexts(actionTexts);
  const { entries, error, retry, hasMore, isLoadingMore, loadMore } = useLog({ userId });
  if (error) return <ErrorState error={error} onRetry={retry} />;
  if (!entries) return <SkeletonRows rows={3} />;
  if (entries.length === 0) return <p className="px-4 pb-4 text-ink-soft sm:px-6">{words.nothing}</p>;
  return (
    <>
      <ol>
        {entries.map(({ id, action, status, course, actor, actorId, errorMessage, createdAt }) => (
          <li
            key={id}
            className={clsx('flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-2 sm:px-6')}
          >
            <span className="font-medium">{actions[action]}</span>
            {status !== 'SUCCESS' && <LogStatus status={status} />}
            <span className="min-w-0 text-ink-soft">
              {[course?.title, actorId === null ? shared.service : actor?.displayName, errorMessage]
                .filter(Boolean)
                .join(' · ')}
            </span>
            <span className="ml-auto text-ink-faint">
              <RelativeTime at={createdAt} />
            </span>
          </li>
        ))}
      </ol>
      {hasMore && (
        <div className="border-t border-line p-4 sm:px-6">
          <Button busy={isLoadingMore} onClick={loadMore}>
            {shared.older}
          </Button>
        </div>
      )}
    </>
  );
}
