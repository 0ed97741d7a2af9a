import { Ellipsis } from 'lucide-react';
import { Avatar } from '../components/avatar';
import { Badge } from '../components/badge';
import { Banner } from '../components/banner';
import { Button, buttonClass } from '../components/button';
import { Menu, MenuItem, MenuLine } from '../components/menu';
import { useDiscordLink } from '../components/use-discord-link';
import { useTexts } from '../texts/texts';
import { type MeQuery } from './me.generated';
import { meTexts } from './me-texts';

export type Connection = NonNullable<MeQuery['viewer']['discordConnection']>;

/** The connected account in a card's head: who it is, whether it works, and what can be done with it. */
export function Account({
  connection,
  onDisconnect,
  onDownload,
  onErase,
}: {
  readonly connection: Connection;
  readonly onDisconnect: () => void;
  readonly onDownload: () => void;
  readonly onErase: () => void;
}) {
  const words = useTexts(meTexts);
  const { start } = useDiscordLink();
  const isAuto = connection.scopes.includes('guilds.join');
  return (
    <>
      <span className="flex min-w-0 items-center gap-2 max-sm:mr-auto max-sm:-ml-3">
        <Avatar url={connection.avatarUrl} name={connection.globalName ?? connection.username} className="size-7" />
        <span className="truncate">{connection.username}</span>
      </span>
      <Badge tone={connection.isVerified ? 'joined' : 'trouble'}>
        {connection.isVerified ? words.connected : words.broken}
      </Badge>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={words.options}
            className={buttonClass('quiet', '-mr-2 w-11 sm:w-10', 'px-0')}
          >
            <Ellipsis aria-hidden className="size-5 shrink-0" />
          </button>
        }
      >
        <MenuItem onSelect={() => start({ autoJoin: !isAuto })}>{isAuto ? words.useInvites : words.useAuto}</MenuItem>
        <MenuItem onSelect={() => start({ autoJoin: isAuto })}>{words.otherAccount}</MenuItem>
        <MenuLine />
        <MenuItem onSelect={onDownload}>{words.download}</MenuItem>
        <MenuItem onSelect={onDisconnect}>{words.disconnect}</MenuItem>
        <MenuItem dangerous onSelect={onErase}>
          {words.erase}
        </MenuItem>
      </Menu>
    </>
  );
}

/** Discord has refused the stored grant: what that means, and the one thing to do. */
export function BrokenConnection({ connection }: { readonly connection: Connection }) {
  const words = useTexts(meTexts);
  const { isBusy, start } = useDiscordLink();
  return (
    <Banner
      kind="trouble"
      title={words.brokenTitle}
      action={
        <Button
          look="primary"
          busy={isBusy}
          onClick={() => start({ autoJoin: connection.scopes.includes('guilds.join') })}
        >
          {words.reconnect}
        </Button>
      }
    >
      {words.brokenMeans}
    </Banner>
  );
}
