import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { UserSearch } from 'lucide-react';
import { Link } from 'react-router';
import { askAgain } from '../api/data';
import { useLive } from '../api/live';
import { useRequest } from '../api/request';
import { Avatar } from '../components/avatar';
import { Button, buttonClass } from '../components/button';
import { EmptyState } from '../components/empty-state';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { PageTitle } from '../shell/page-title';
import { useLanguage } from '../texts/language';
import { useTexts } from '../texts/texts';
import { adminTexts } from './admin-texts';
import { TextField } from './field';
import { findPeople, personChanges } from './people.generated';
import { peopleOf, type Person } from './people.policy';
import { peopleTexts } from './people-texts';
import { PersonCard } from './person-card';
import { useAddress } from './use-address';
import { useSettled } from './use-settled';

/** `/admin/people`: why is she not in? */
export function PeoplePage() {
  const words = useTexts(peopleTexts);
  const [address, change] = useAddress();
  const typed = address.get('q') ?? '';
  const search = useSettled(typed);
  return (
    <div className="max-w-4xl">
      <PageTitle title={words.title} />
      <TextField
        label={words.search}
        type="search"
        maxLength={100}
        value={typed}
        autoFocus={typed === ''}
        onChange={(event) => change({ q: event.target.value, person: '' })}
      />
      <div className="mt-6">
        {search === '' ? (
          <EmptyState icon={UserSearch} title={words.begin}>
            {words.beginMeans}
          </EmptyState>
        ) : (
          <Found search={search} chosen={address.get('person')} />
        )}
      </div>
    </div>
  );
}

function Found({ search, chosen }: { readonly search: string; readonly chosen: string | null }) {
  const words = useTexts(peopleTexts);
  const shared = useTexts(adminTexts);
  const language = useLanguage();
  const request = useRequest();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [findPeople.name, search, language],
    queryFn: ({ pageParam, signal }) => request(findPeople, { search, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ memberships: { pageInfo } }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    placeholderData: keepPreviousData,
  });
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={4} />;
  const people = peopleOf(data.pages.flatMap(({ memberships }) => memberships.nodes));
  const one = people.find(({ student }) => student.id === chosen) ?? (people.length === 1 ? people[0] : undefined);
  if (one) {
    return (
      <>
        {people.length > 1 && (
          <Link to={`?${new URLSearchParams({ q: search }).toString()}`} className={buttonClass('quiet', 'mb-2 -ml-4')}>
            ← {words.back}
          </Link>
        )}
        <Followed key={one.student.id} person={one} after={data.pages[0]?.logEnd ?? '0'} />
      </>
    );
  }
  if (people.length === 0) {
    return (
      <EmptyState icon={UserSearch} title={words.none}>
        {words.noneMeans}
      </EmptyState>
    );
  }
  return (
    <>
      <p role="status" className="mb-2 text-ink-soft">
        {words.found(people.length)}
      </p>
      <ul>
        {people.map((person) => (
          <PersonRow key={person.student.id} person={person} search={search} />
        ))}
      </ul>
      {hasNextPage && (
        <Button className="mt-4" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {shared.older}
        </Button>
      )}
    </>
  );
}

function PersonRow({ person: { student, places }, search }: { readonly person: Person; readonly search: string }) {
  const words = useTexts(peopleTexts);
  const shared = useTexts(adminTexts);
  const name = student.displayName ?? shared.nobody;
  const { discordConnection } = student;
  return (
    <li className="border-t border-line">
      <Link
        to={`?${new URLSearchParams({ q: search, person: student.id }).toString()}`}
        className="flex min-h-14 items-center gap-3 py-2 hover:bg-surface"
      >
        <Avatar url={discordConnection?.avatarUrl ?? null} name={name} />
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{name}</span>
          <span className="text-ink-soft">{discordConnection?.username ?? words.notLinked}</span>
        </span>
        <span className="text-ink-faint">{words.courses(places.length)}</span>
      </Link>
    </li>
  );
}

/** Somebody, as they are: what changes is shown at once. */
function Followed({ person, after }: { readonly person: Person; readonly after: string }) {
  const queries = useQueryClient();
  useLive(
    personChanges,
    { userId: person.student.id, after },
    ({ membershipChanged }) => membershipChanged.seq,
    () => void askAgain(queries),
  );
  return <PersonCard person={person} />;
}
