import { clsx } from 'clsx';
import { CircleDashed, Link } from 'lucide-react';
import { type ReactNode } from 'react';
import { Badge, StatusBadge } from '../components/badge';
import { shortDate } from '../components/relative-time';
import { useLanguage } from '../texts/language';
import { useTexts } from '../texts/texts';
import { type EnrolledCourse, type Membership } from './course-list.policy';
import { meTexts } from './me-texts';
import { JoinByLink, NextStepButton } from './next-step';

/** A place in a course's server: where I stand, why in one sentence, and the one next step. */
export function MembershipRow({
  membership,
  link,
  autoJoin,
  isNew,
  onSettled,
}: {
  readonly membership: Membership;
  /** The course's own invite link, where it has one. */
  readonly link: string | null;
  readonly autoJoin: boolean;
  /** Whether it has changed just now. */
  readonly isNew: boolean;
  /** It has glowed, and may glow again at the next change. */
  readonly onSettled: () => void;
}) {
  const words = useTexts(meTexts);
  const language = useLanguage();
  const { status, reason, joinedAt } = membership;
  const date = joinedAt !== null ? words.since(shortDate(joinedAt, language)) : null;
  return (
    <Row
      title={membership.course.title}
      badge={<StatusBadge status={status} reason={reason} />}
      action={<NextStepButton membership={membership} link={link} autoJoin={autoJoin} />}
      isNew={isNew}
      onSettled={onSettled}
    >
      {membership.explanation}
      {status === 'JOINED' && (
        <span className="text-ink-faint">
          {date !== null && ` · ${date}`}
          {' · '}
          <a
            href={membership.serverUrl}
            target="_blank"
            rel="noopener noreferrer"
            className="whitespace-nowrap text-accent underline underline-offset-3 hover:text-accent-strong"
          >
            {words.openDiscord}
          </a>
        </span>
      )}
    </Row>
  );
}

/** A course without a managed server: its invite link, or nothing yet. */
export function CourseRow({ course }: { readonly course: EnrolledCourse }) {
  const words = useTexts(meTexts);
  const { discordLink } = course;
  if (!discordLink) {
    return (
      <Row
        title={course.title}
        badge={
          <Badge tone="waiting" icon={CircleDashed}>
            {words.noServerBadge}
          </Badge>
        }
      >
        {words.noServer}
      </Row>
    );
  }
  if (discordLink.working === false) {
    return (
      <Row title={course.title} badge={<Badge tone="trouble">{words.linkDeadBadge}</Badge>}>
        {words.linkDead}
      </Row>
    );
  }
  return (
    <Row
      title={course.title}
      badge={
        <Badge tone="invited" icon={Link}>
          {words.link}
        </Badge>
      }
      action={<JoinByLink courseId={course.id} link={discordLink.inviteLink} />}
    >
      {words.linkReady(discordLink.serverName ?? words.theServer)}
    </Row>
  );
}

function Row({
  title,
  badge,
  action,
  isNew = false,
  onSettled,
  children,
}: {
  readonly title: string;
  readonly badge: ReactNode;
  readonly action?: ReactNode;
  readonly isNew?: boolean;
  readonly onSettled?: () => void;
  readonly children: ReactNode;
}) {
  return (
    <li
      className={clsx(
        'grid min-h-18 items-center gap-x-6 gap-y-1 border-t border-line px-4 py-3 sm:grid-cols-[1fr_auto] sm:px-6',
        isNew && 'animate-glow',
      )}
      onAnimationEnd={(event) => (event.target === event.currentTarget ? onSettled?.() : undefined)}
    >
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h3 className="font-medium">{title}</h3>
          {badge}
        </div>
        <p className="mt-1 text-ink-soft">{children}</p>
      </div>
      {action !== undefined && (
        <div className="flex empty:hidden max-sm:mt-2 max-sm:*:w-full sm:justify-end">{action}</div>
      )}
    </li>
  );
}
