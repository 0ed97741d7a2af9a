import { useData } from '../api/data';
import { ErrorState } from '../components/error-state';
import { RelativeTime } from '../components/relative-time';
import { SkeletonRows } from '../components/skeleton';
import { useTexts } from '../texts/texts';
import { sentenceOf } from './course-log.policy';
import { courseLogTexts } from './course-log-texts';
import { studentLog } from './roster.generated';
import { rosterTexts } from './roster-texts';

/** What was done with one student in this course, the latest first. */
export function StudentHistory({
  courseId,
  userId,
  name,
}: {
  readonly courseId: string;
  readonly userId: string;
  readonly name: string;
}) {
  const words = useTexts(rosterTexts);
  const sentences = useTexts(courseLogTexts);
  const { data, error, refetch } = useData(studentLog, { courseId, userId });
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={2} />;
  const entries = data.auditLog.nodes;
  if (entries.length === 0) return <p className="text-ink-soft">{words.nothing}</p>;
  return (
    <ol>
      {entries.map((entry) => (
        <li key={entry.id} className="flex flex-wrap justify-between gap-x-6 border-t border-line py-2">
          <span className="min-w-0">
            {sentenceOf({ ...entry, userId }, name, sentences)}
            {entry.errorMessage !== null && <span className="block text-ink-soft">{entry.errorMessage}</span>}
          </span>
          <span className="text-ink-faint">
            <RelativeTime at={entry.createdAt} />
          </span>
        </li>
      ))}
    </ol>
  );
}
