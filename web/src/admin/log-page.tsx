import { Download, ScrollText } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { type AuditAction } from '../api/enums.generated';
import { Button } from '../components/button';
import { useRequest } from '../api/request';
import { EmptyState } from '../components/empty-state';
import { ErrorState, useErrorSentence } from '../components/error-state';
import { RelativeTime } from '../components/relative-time';
import { SkeletonRows } from '../components/skeleton';
import { type Column, Table } from '../components/table';
import { toast } from '../components/toast';
import { PageTitle } from '../shell/page-title';
import { useTexts } from '../texts/texts';
import { adminTexts } from './admin-texts';
import { ChoiceField, TextField } from './field';
import { downloadLog } from './log-download';
import { filterOf, isUuid, STATUSES } from './log-filter.policy';
import { LogStatus } from './log-status';
import { actionTexts, logTexts } from './log-texts';
import { useNumbers } from './numbers';
import { useAddress } from './use-address';
import { type LogEntry, type LogFilter, useLog } from './use-log';
import { useNames } from './use-names';

const ACTIONS = Object.keys(actionTexts.en) as AuditAction[];
const FILTERS = ['action', 'status', 'person', 'course', 'server', 'since', 'until'];
const NOTHING = Object.fromEntries(FILTERS.map((name) => [name, '']));

/** `/admin/log`: everything that was done; what is looked for stands in the address. */
export function LogPage() {
  const words = useTexts(logTexts);
  const shared = useTexts(adminTexts);
  const names = useNames();
  const [address, change] = useAddress();
  const filter = filterOf(address, ACTIONS);
  const { entries, error, retry, hasMore, isLoadingMore, loadMore } = useLog(filter);
  return (
    <>
      <PageTitle title={words.title}>{words.about}</PageTitle>
      <Filters address={address} names={names} change={change} />
      <div className="my-4">
        <DownloadButton filter={filter} serverNames={names.serverNames} />
      </div>
      {error && <ErrorState error={error} onRetry={retry} />}
      {!entries && !error && <SkeletonRows rows={6} />}
      {entries?.length === 0 && (
        <EmptyState icon={ScrollText} title={words.none}>
          {words.noneMeans}
        </EmptyState>
      )}
      {entries && entries.length > 0 && <Entries entries={entries} serverNames={names.serverNames} />}
      {hasMore && (
        <Button className="mt-4" busy={isLoadingMore} onClick={loadMore}>
          {shared.older}
        </Button>
      )}
    </>
  );
}

function Filters({
  address,
  names,
  change,
}: {
  readonly address: URLSearchParams;
  readonly names: ReturnType<typeof useNames>;
  readonly change: ReturnType<typeof useAddress>[1];
}) {
  const words = useTexts(logTexts);
  const shared = useTexts(adminTexts);
  const actions = useTexts(actionTexts);
  const value = (name: string) => address.get(name) ?? '';
  const set = (name: string) => (chosen: string) => change({ [name]: chosen });
  const person = value('person').trim();
  return (
    <search className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
      <ChoiceField
        label={words.action}
        all={shared.all}
        value={value('action')}
        options={ACTIONS.map((action) => [action, actions[action]] as const)}
        onChange={set('action')}
      />
      <ChoiceField
        label={words.result}
        all={shared.all}
        value={value('status')}
        options={STATUSES.map((status) => [status, words[status]] as const)}
        onChange={set('status')}
      />
      <ChoiceField
        label={shared.course}
        all={shared.all}
        value={value('course')}
        options={names.courses}
        onChange={set('course')}
      />
      <ChoiceField
        label={shared.server}
        all={shared.all}
        value={value('server')}
        options={names.servers}
        onChange={set('server')}
      />
      <div>
        <TextField
          label={words.person}
          value={value('person')}
          maxLength={36}
          onChange={(event) => set('person')(event.target.value)}
        />
        {person !== '' && !isUuid(person) && <p className="mt-1 text-xs text-trouble">{words.notAnId}</p>}
      </div>
      <TextField
        label={words.since}
        type="date"
        value={value('since')}
        onChange={(event) => set('since')(event.target.value)}
      />
      <TextField
        label={words.until}
        type="date"
        value={value('until')}
        onChange={(event) => set('until')(event.target.value)}
      />
      {FILTERS.some((name) => address.has(name)) && (
        <Button look="quiet" className="self-end" onClick={() => change(NOTHING)}>
          {words.clear}
        </Button>
      )}
    </search>
  );
}

function DownloadButton({
  filter,
  serverNames,
}: {
  readonly filter: LogFilter;
  readonly serverNames: ReadonlyMap<string, string>;
}) {
  const words = useTexts(logTexts);
  const sentence = useErrorSentence();
  const { count } = useNumbers();
  const request = useRequest();
  const [arrived, setArrived] = useState<number | null>(null);
  const download = async () => {
    setArrived(0);
    try {
      const { rows, isCut } = await downloadLog(request, filter, serverNames, setArrived);
      toast('good', isCut ? words.cut(count(rows)) : words.downloaded(count(rows)));
    } catch (error) {
      toast('bad', sentence(error));
    } finally {
      setArrived(null);
    }
  };
  return (
    <Button busy={arrived !== null} onClick={() => void download()}>
      {arrived === null && <Download aria-hidden className="size-4" />}
      {arrived === null ? words.download : words.downloading(count(arrived))}
    </Button>
  );
}

function Entries({
  entries,
  serverNames,
}: {
  readonly entries: readonly LogEntry[];
  readonly serverNames: ReadonlyMap<string, string>;
}) {
  const words = useTexts(logTexts);
  const shared = useTexts(adminTexts);
  const actions = useTexts(actionTexts);
  const columns: Column<LogEntry>[] = [
    { key: 'when', title: shared.when, from: 'sm', cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    {
      key: 'what',
      title: words.action,
      cell: ({ action, status, errorMessage, createdAt }) => (
        <>
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {actions[action]}
            {status !== 'SUCCESS' && <LogStatus status={status} />}
          </span>
          {errorMessage !== null && <span className="block max-w-md wrap-anywhere text-ink-soft">{errorMessage}</span>}
          <span className="block text-ink-faint sm:hidden">
            <RelativeTime at={createdAt} />
          </span>
        </>
      ),
    },
    {
      key: 'whom',
      title: words.whom,
      cell: ({ userId, student }) =>
        userId === null ? (
          '–'
        ) : (
          <Link
            to={`/admin/people?q=${userId}`}
            className="wrap-anywhere underline decoration-line-strong underline-offset-3"
          >
            {student?.displayName ?? shared.nobody}
          </Link>
        ),
    },
    {
      key: 'course',
      title: shared.course,
      from: 'md',
      cell: ({ courseId, course }) => (courseId === null ? '–' : (course?.title ?? words.deleted)),
    },
    {
      key: 'server',
      title: shared.server,
      from: 'lg',
      cell: ({ guildId }) => (guildId === null ? '–' : (serverNames.get(guildId) ?? guildId)),
    },
    {
      key: 'by',
      title: words.by,
      from: 'lg',
      cell: ({ actorId, actor }) => (actorId === null ? shared.service : (actor?.displayName ?? shared.nobody)),
    },
  ];
  return <Table caption={words.title} columns={columns} rows={entries} keyOf={({ id }) => id} />;
}
