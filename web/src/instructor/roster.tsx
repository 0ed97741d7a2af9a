import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Search, Users } from 'lucide-react';
import { useState } from 'react';
import { type MembershipReason } from '../api/enums.generated';
import { useAction } from '../api/data';
import { useRequest } from '../api/request';
import { Button, buttonClass } from '../components/button';
import { EmptyState } from '../components/empty-state';
import { ErrorState, useErrorSentence } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { toast } from '../components/toast';
import { useLanguage } from '../texts/language';
import { useTexts } from '../texts/texts';
import { SearchField, SelectField } from './field';
import { reasonTexts } from './reason-texts';
import { inviteEverybody, roster, type RosterCountsQuery } from './roster.generated';
import { EVERYBODY, filterOf, type Group, GROUPS, type RosterFilter } from './roster-filter.policy';
import { RosterTable } from './roster-table';
import { rosterTexts } from './roster-texts';
import { useSettled } from './use-settled';

/** Who is where, and why: searched, filtered, page by page. */
export function Roster({
  courseId,
  guildId,
  counts,
}: {
  readonly courseId: string;
  readonly guildId: string;
  readonly counts: RosterCountsQuery | undefined;
}) {
  const words = useTexts(rosterTexts);
  const language = useLanguage();
  const [filter, setFilter] = useState<RosterFilter>(EVERYBODY);
  const search = useSettled(filter.search);
  const asked = filterOf(guildId, { ...filter, search });
  const request = useRequest();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [roster.name, courseId, asked, language],
    queryFn: ({ pageParam, signal }) => request(roster, { courseId, ...asked, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ memberships }) => (memberships.pageInfo.hasNextPage ? memberships.pageInfo.endCursor : null),
    placeholderData: keepPreviousData,
  });
  const rows = data?.pages.flatMap(({ memberships }) => memberships.nodes);
  const isFiltered = filter.group !== 'all' || filter.reason !== null || search !== '';
  return (
    <div className="space-y-4">
      <Filters filter={filter} counts={counts} onChange={setFilter} />
      <InviteAll courseId={courseId} count={counts?.notInvited.totalCount ?? 0} />
      {error && !rows && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && !rows && <SkeletonRows rows={5} />}
      {rows?.length === 0 &&
        (isFiltered ? (
          <EmptyState
            icon={Search}
            title={words.noMatch}
            action={<Button onClick={() => setFilter(EVERYBODY)}>{words.clear}</Button>}
          >
            {words.noMatchMeans}
          </EmptyState>
        ) : (
          <EmptyState icon={Users} title={words.empty}>
            {words.emptyMeans}
          </EmptyState>
        ))}
      {rows && rows.length > 0 && (
        <>
          <RosterTable rows={rows} courseId={courseId} />
          <div className="flex items-center gap-4">
            {hasNextPage && (
              <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {words.more}
              </Button>
            )}
            <p role="status" className="text-ink-faint">
              {words.shown(rows.length)}
            </p>
          </div>
        </>
      )}
    </div>
  );
}

function Filters({
  filter,
  counts,
  onChange,
}: {
  readonly filter: RosterFilter;
  readonly counts: RosterCountsQuery | undefined;
  readonly onChange: (filter: RosterFilter) => void;
}) {
  const words = useTexts(rosterTexts);
  const reasons = useTexts(reasonTexts);
  const format = new Intl.NumberFormat(useLanguage());
  const count = (group: Group) => (counts ? ` ${format.format(counts[group].totalCount)}` : '');
  return (
    <div className="space-y-3">
      <div className="grid items-end gap-3 sm:grid-cols-[1fr_16rem]">
        <SearchField
          label={words.search}
          maxLength={100}
          value={filter.search}
          onChange={(event) => onChange({ ...filter, search: event.target.value })}
        />
        <SelectField
          label={words.reason}
          value={filter.reason ?? ''}
          onChange={(event) => onChange({ ...filter, reason: (event.target.value || null) as MembershipReason | null })}
        >
          <option value="">{words.anyReason}</option>
          {Object.entries(reasons).map(([reason, text]) => (
            <option key={reason} value={reason}>
              {text}
            </option>
          ))}
        </SelectField>
      </div>
      <div role="group" aria-label={words.filters} className="flex flex-wrap gap-1">
        {GROUPS.map((group) => (
          <button
            key={group}
            type="button"
            aria-pressed={filter.group === group}
            className={buttonClass('quiet', 'aria-pressed:bg-accent-soft aria-pressed:text-accent', 'px-3')}
            onClick={() => onChange({ ...filter, group })}
          >
            {words[group]}
            <span className="tabular-nums">{count(group)}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

/** Where enrolling alone does not invite: everybody who waits for it, at once. */
function InviteAll({ courseId, count }: { readonly courseId: string; readonly count: number }) {
  const words = useTexts(rosterTexts);
  const sentence = useErrorSentence();
  const { mutate, isPending } = useAction(inviteEverybody);
  if (count === 0) return null;
  return (
    <Button
      look="primary"
      busy={isPending}
      onClick={() =>
        mutate(
          { courseId },
          {
            onSuccess: () => toast('good', words.invitingAll),
            onError: (error) => toast('bad', sentence(error)),
          },
        )
      }
    >
      {words.inviteAll(count)}
    </Button>
  );
}
