import { CircleDashed, Link } from 'lucide-react';
import { Badge, StatusBadge } from '../components/badge';
import { Skeleton } from '../components/skeleton';
import { courseLines } from '../student/course-list.policy';
import { meTexts } from '../student/me-texts';
import { useTexts } from '../texts/texts';
import { embedTexts } from './embed-texts';
import { linesOf } from './lines.policy';
import { useMine } from './use-mine';

/** Where whoever looks stands in a course's servers, in a word for each; nothing where they are not in the course. */
export function CourseStatus({ courseId }: { readonly courseId: string }) {
  const words = useTexts(meTexts);
  const own = useTexts(embedTexts);
  const { data, error } = useMine();
  if (!data) return error ? <Badge tone="trouble">{own.unknown}</Badge> : <Skeleton className="h-6 w-28" />;
  const lines = linesOf(courseLines(data.viewer), courseId);
  if (lines.length === 0) return null;
  return (
    <span role="status" className="inline-flex flex-wrap gap-2">
      {lines.map((line) => {
        if (line.kind === 'membership') {
          const { status, reason, guildName, explanation } = line.membership;
          return (
            <span key={line.key} title={explanation} className="inline-flex items-center gap-2">
              <StatusBadge status={status} reason={reason} />
              {lines.length > 1 && guildName}
            </span>
          );
        }
        const { discordLink } = line.course;
        if (!discordLink) {
          return (
            <Badge key={line.key} tone="waiting" icon={CircleDashed}>
              {words.noServerBadge}
            </Badge>
          );
        }
        return discordLink.working === false ? (
          <Badge key={line.key} tone="trouble">
            {words.linkDeadBadge}
          </Badge>
        ) : (
          <Badge key={line.key} tone="invited" icon={Link}>
            {words.link}
          </Badge>
        );
      })}
    </span>
  );
}
