import { clsx } from 'clsx';
import { Check, CircleDashed, Clock, DoorOpen, type LucideIcon, Mail, Minus, TriangleAlert } from 'lucide-react';
import { type MembershipReason, type MembershipStatus } from '../api/enums.generated';
import { texts, useTexts } from '../texts/texts';

/** The colours that say how something stands. Never alone: always with an icon and a word. */
export type Tone = 'joined' | 'invited' | 'waiting' | 'left' | 'removed' | 'trouble';

const TONES: Record<Tone, readonly [look: string, icon: LucideIcon]> = {
  joined: ['bg-joined-soft text-joined', Check],
  invited: ['bg-invited-soft text-invited', Mail],
  waiting: ['bg-waiting-soft text-waiting', Clock],
  left: ['bg-gone-soft text-gone', DoorOpen],
  removed: ['bg-waiting-soft text-waiting', Minus],
  trouble: ['bg-trouble-soft text-trouble', TriangleAlert],
};

export function Badge({ tone, icon, children }: { tone: Tone; icon?: LucideIcon; children: string }) {
  const [look, toneIcon] = TONES[tone];
  const Icon = icon ?? toneIcon;
  return (
    <span
      className={clsx(
        'inline-flex shrink-0 items-center gap-1.5 rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap',
        look,
      )}
    >
      <Icon aria-hidden className="size-3.5" />
      {children}
    </span>
  );
}

const badgeTexts = texts(
  {
    in: 'In the server',
    rules: 'Accept the rules',
    ending: 'Access ending',
    held: 'Waiting for a decision',
    invited: 'Invite ready',
    inviteOver: 'Invite expired',
    pending: 'On the way',
    canJoin: 'Ready to join',
    notLinked: 'Not connected',
    reconnect: 'Reconnect needed',
    full: 'Too many servers',
    limited: 'Held back by Discord',
    banned: 'Banned',
    notReady: 'Server not ready',
    noAnswer: 'Discord not answering',
    left: 'Left',
    removed: 'Removed',
    ended: 'Access ended',
  },
  {
    in: 'Di server',
    rules: 'Setujui peraturan',
    ending: 'Akses berakhir',
    held: 'Menunggu keputusan',
    invited: 'Undangan siap',
    inviteOver: 'Undangan kedaluwarsa',
    pending: 'Sedang diproses',
    canJoin: 'Siap bergabung',
    notLinked: 'Belum terhubung',
    reconnect: 'Perlu dihubungkan lagi',
    full: 'Server terlalu banyak',
    limited: 'Ditahan Discord',
    banned: 'Diblokir',
    notReady: 'Server belum siap',
    noAnswer: 'Discord tidak menjawab',
    left: 'Keluar',
    removed: 'Dikeluarkan',
    ended: 'Akses selesai',
  },
);

type Word = keyof (typeof badgeTexts)['en'];

/** What a reason makes of its status; what is not named here is its status alone. */
const OF_REASON: Partial<Record<MembershipReason, readonly [Tone, Word, LucideIcon?]>> = {
  ACCOUNT_NOT_LINKED: ['waiting', 'notLinked', CircleDashed],
  NOT_INVITED: ['waiting', 'canJoin', CircleDashed],
  CONNECTION_REVOKED: ['trouble', 'reconnect'],
  GUILD_LIMIT_REACHED: ['trouble', 'full'],
  JOINING_LIMITED: ['trouble', 'limited'],
  BANNED: ['trouble', 'banned'],
  SERVER_NOT_READY: ['trouble', 'notReady'],
  DISCORD_UNAVAILABLE: ['trouble', 'noAnswer'],
  INVITE_EXPIRED: ['trouble', 'inviteOver'],
  SCREENING_PENDING: ['trouble', 'rules'],
  GRACE_PERIOD: ['left', 'ending', Clock],
  REMOVAL_HELD: ['trouble', 'held'],
  ENROLLMENT_ENDED: ['removed', 'ended'],
  STILL_ENROLLED_ELSEWHERE: ['removed', 'ended'],
  PROTECTED_MEMBER: ['removed', 'ended'],
};

const OF_STATUS: Record<MembershipStatus, readonly [Tone, Word]> = {
  PENDING: ['waiting', 'pending'],
  INVITED: ['invited', 'invited'],
  JOINED: ['joined', 'in'],
  LEFT: ['left', 'left'],
  REMOVED: ['removed', 'removed'],
};

/** Where a student stands, in a word. */
export function StatusBadge({ status, reason }: { status: MembershipStatus; reason: MembershipReason }) {
  const words = useTexts(badgeTexts);
  const [tone, word, icon] = OF_REASON[reason] ?? OF_STATUS[status];
  return (
    <Badge tone={tone} {...(icon ? { icon } : {})}>
      {words[word]}
    </Badge>
  );
}
