import { CircleDashed } from 'lucide-react';
import { Avatar } from '../components/avatar';
import { Badge } from '../components/badge';
import { Skeleton } from '../components/skeleton';
import { meTexts } from '../student/me-texts';
import { useTexts } from '../texts/texts';
import { embedTexts } from './embed-texts';
import { useMine } from './use-mine';

/** The Discord account of whoever looks: picture, name, and whether the connection works. */
export function Profile() {
  const words = useTexts(meTexts);
  const own = useTexts(embedTexts);
  const { data, error } = useMine();
  if (!data) return error ? <Badge tone="trouble">{own.unknown}</Badge> : <Skeleton className="h-8 w-48" />;
  const connection = data.viewer.discordConnection;
  if (!connection) {
    return (
      <Badge tone="waiting" icon={CircleDashed}>
        {own.notConnected}
      </Badge>
    );
  }
  const { avatarUrl, globalName, username, isVerified } = connection;
  return (
    <span className="inline-flex max-w-full items-center gap-3 rounded-lg bg-ground p-1">
      <Avatar url={avatarUrl} name={globalName ?? username} className="size-8" />
      <span className="min-w-0 truncate">
        {globalName !== null && <span className="font-medium">{globalName} </span>}
        <span className={globalName === null ? 'font-medium' : 'text-ink-soft'}>{username}</span>
      </span>
      <Badge tone={isVerified ? 'joined' : 'trouble'}>{isVerified ? words.connected : words.broken}</Badge>
    </span>
  );
}
