import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Server } from 'lucide-react';
import { useData } from '../api/data';
import { codeOf, useRequest } from '../api/request';
import { Avatar } from '../components/avatar';
import { Banner } from '../components/banner';
import { Button } from '../components/button';
import { EmptyState } from '../components/empty-state';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { useDiscordLink } from '../components/use-discord-link';
import { useTexts } from '../texts/texts';
import { Choices } from './choices';
import { SearchField } from './field';
import { myConnection, myServers, type MyServersQuery } from './setup.generated';
import { setupTexts } from './setup-texts';

export type MyServer = MyServersQuery['manageableGuilds'][number];

/** Which of my servers? Discord is asked for the list only after it has allowed that. */
export function ServerStep({ onChoose }: { readonly onChoose: (server: MyServer) => void }) {
  const { data, error, refetch } = useData(myConnection, {});
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={2} />;
  const connection = data.viewer.discordConnection;
  if (connection?.isVerified !== true) return <Allow kind="connect" autoJoin />;
  if (!connection.scopes.includes('guilds'))
    return <Allow kind="show" autoJoin={connection.scopes.includes('guilds.join')} />;
  return <ServerList onChoose={onChoose} autoJoin={connection.scopes.includes('guilds.join')} />;
}

function ServerList({
  onChoose,
  autoJoin,
}: {
  readonly onChoose: (server: MyServer) => void;
  readonly autoJoin: boolean;
}) {
  const words = useTexts(setupTexts);
  const [search, setSearch] = useState('');
  const request = useRequest();
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: [myServers.name],
    queryFn: ({ signal }) => request(myServers, {}, signal),
  });
  if (error && codeOf(error) === 'NOT_LINKED') return <Allow kind="show" autoJoin={autoJoin} />;
  if (error && codeOf(error) === 'SERVER_NOT_READY') return <Banner kind="info" title={error.message} />;
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={3} />;
  const servers = data.manageableGuilds;
  if (servers.length === 0)
    return (
      <EmptyState
        icon={Server}
        title={words.noServers}
        action={
          <Button busy={isFetching} onClick={() => void refetch()}>
            {words.again}
          </Button>
        }
      >
        {words.noServersMeans}
      </EmptyState>
    );
  const wanted = search.trim().toLocaleLowerCase();
  const matching = servers.filter(({ id, name }) => name.toLocaleLowerCase().includes(wanted) || id === wanted);
  return (
    <div className="space-y-3">
      <SearchField label={words.search} value={search} onChange={(event) => setSearch(event.target.value)} />
      {matching.length === 0 && <p className="text-ink-soft">{words.noMatch}</p>}
      <div className="max-h-80 overflow-y-auto overscroll-contain p-0.5">
        <Choices
          label={words.serverList}
          value={null}
          className="grid gap-2"
          onChange={(id) => {
            const server = servers.find((each) => each.id === id);
            if (server) onChoose(server);
          }}
          options={matching.map(({ id, name, iconUrl, botPresent }) => ({
            value: id,
            title: (
              <span className="flex items-center gap-3">
                <Avatar url={iconUrl} name={name} className="size-6 text-xs" />
                {name}
              </span>
            ),
            hint: botPresent ? words.hasBot : words.withoutBot,
          }))}
        />
      </div>
    </div>
  );
}

/** Leads to Discord, which asks and leads back to this page. */
function Allow({ kind, autoJoin }: { readonly kind: 'connect' | 'show'; readonly autoJoin: boolean }) {
  const words = useTexts(setupTexts);
  const { isBusy, start } = useDiscordLink();
  const [title, means, label] =
    kind === 'connect'
      ? [words.connectFirst, words.connectMeans, words.connect]
      : [words.showFirst, words.showMeans, words.show];
  return (
    <Banner
      kind="info"
      title={title}
      action={
        <Button look="primary" busy={isBusy} onClick={() => start({ autoJoin, servers: true })}>
          {label}
        </Button>
      }
    >
      {means}
    </Banner>
  );
}
