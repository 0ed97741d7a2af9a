import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Server } from 'lucide-react';
import { Link } from 'react-router';
import { type GuildHealth } from '../api/enums.generated';
import { useRequest } from '../api/request';
import { Badge } from '../components/badge';
import { Button, ButtonLink } from '../components/button';
import { EmptyState } from '../components/empty-state';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { type Column, Table } from '../components/table';
import { PageTitle } from '../shell/page-title';
import { useMending } from '../texts/check-texts';
import { useLanguage } from '../texts/language';
import { useTexts } from '../texts/texts';
import { adminTexts } from './admin-texts';
import { ChoiceField, TextField } from './field';
import { HealthBadge } from './health-badge';
import { useNumbers } from './numbers';
import { adminServers, type AdminServersQuery } from './servers.generated';
import { serversTexts } from './servers-texts';
import { useAddress } from './use-address';
import { useSettled } from './use-settled';

type Config = AdminServersQuery['serverConfigs']['nodes'][number];

/** What can be chosen, and which servers that are. */
const STATES = {
  trouble: ['DEGRADED', 'UNREACHABLE'],
  healthy: ['HEALTHY'],
  unchecked: ['UNCHECKED'],
} as const satisfies Record<string, readonly GuildHealth[]>;
type State = keyof typeof STATES;

/** `/admin/servers`: every course with its server, each a way to its settings. */
export function ServersPage() {
  const words = useTexts(serversTexts);
  const shared = useTexts(adminTexts);
  const language = useLanguage();
  const [address, change] = useAddress();
  const typed = address.get('q') ?? '';
  const asked = address.get('state') ?? '';
  const state: State | '' = asked in STATES ? (asked as State) : '';
  const search = useSettled(typed);
  const request = useRequest();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [adminServers.name, search, state, language],
    queryFn: ({ pageParam, signal }) =>
      request(
        adminServers,
        { search: search === '' ? null : search, health: state === '' ? null : [...STATES[state]], after: pageParam },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ serverConfigs: { pageInfo } }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    placeholderData: keepPreviousData,
  });
  const rows = data?.pages.flatMap(({ serverConfigs }) => serverConfigs.nodes);
  const isFiltered = search !== '' || state !== '';
  return (
    <>
      <PageTitle title={words.title}>{data && words.about(data.pages[0]?.serverConfigs.totalCount ?? 0)}</PageTitle>
      <div className="mb-4 grid gap-3 sm:grid-cols-[1fr_14rem]">
        <TextField
          label={words.search}
          type="search"
          maxLength={100}
          value={typed}
          onChange={(event) => change({ q: event.target.value })}
        />
        <ChoiceField
          label={shared.state}
          all={words.anyState}
          value={state}
          options={[
            ['trouble', words.trouble],
            ['healthy', shared.healthy],
            ['unchecked', shared.unchecked],
          ]}
          onChange={(value) => change({ state: value })}
        />
      </div>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!rows && !error && <SkeletonRows rows={6} />}
      {rows?.length === 0 && (
        <EmptyState
          icon={Server}
          title={isFiltered ? words.noneFits : words.none}
          action={!isFiltered && <ButtonLink to="/courses">{words.courses}</ButtonLink>}
        >
          {isFiltered ? words.noneFitsMeans : words.noneMeans}
        </EmptyState>
      )}
      {rows && rows.length > 0 && <Configs rows={rows} />}
      {hasNextPage && (
        <Button className="mt-4" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {shared.older}
        </Button>
      )}
    </>
  );
}

function Configs({ rows }: { readonly rows: readonly Config[] }) {
  const words = useTexts(serversTexts);
  const shared = useTexts(adminTexts);
  const mending = useMending();
  const { count } = useNumbers();
  const columns: Column<Config>[] = [
    {
      key: 'course',
      title: shared.course,
      cell: ({ course, guildName }) => (
        <>
          <Link
            to={`/courses/${course.id}/discord`}
            className="inline-flex min-h-11 items-center font-medium text-accent underline underline-offset-3 hover:text-accent-strong sm:min-h-0"
          >
            {course.title}
          </Link>
          <span className="block text-ink-soft sm:hidden">{guildName}</span>
        </>
      ),
    },
    { key: 'server', title: shared.server, from: 'sm', cell: ({ guildName }) => guildName },
    {
      key: 'state',
      title: shared.state,
      cell: ({ health, isActive, removalsPaused }) => (
        <span className="flex flex-wrap gap-1">
          <HealthBadge health={health} />
          {!isActive && <Badge tone="waiting">{words.off}</Badge>}
          {removalsPaused && <Badge tone="left">{words.stopped}</Badge>}
        </span>
      ),
    },
    {
      key: 'wrong',
      title: words.wrong,
      from: 'lg',
      cell: ({ preflight }) => {
        const failed = preflight.checks.find(({ passed, required }) => required && !passed);
        return <span className="text-ink-soft">{failed ? mending(failed) : '–'}</span>;
      },
    },
    {
      key: 'in',
      title: words.in,
      from: 'md',
      numeric: true,
      cell: ({ course: { stats } }) => words.inOf(count(stats.joined), count(stats.enrolled)),
    },
  ];
  return <Table caption={words.title} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}
