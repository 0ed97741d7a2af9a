import { Link } from 'react-router';
import { Badge } from '../components/badge';
import { Card } from '../components/card';
import { useMending } from '../texts/check-texts';
import { useTexts } from '../texts/texts';
import { HealthBadge } from './health-badge';
import { type OverviewQuery } from './overview.generated';
import { overviewTexts } from './overview-texts';

/** How many are shown here; the rest is on the page of all servers. */
const SHOWN = 5;

/** The servers that cannot be served, each with what is wrong; nothing where there is none. */
export function Troubled({ servers }: { readonly servers: OverviewQuery['troubled']['nodes'] }) {
  const words = useTexts(overviewTexts);
  const mending = useMending();
  if (servers.length === 0) return null;
  // What is switched on comes first: the rest hurts nobody now.
  const ordered = [...servers].sort((a, b) => Number(b.isActive) - Number(a.isActive)).slice(0, SHOWN);
  return (
    <Card
      title={words.broken}
      aside={
        <Link to="/admin/servers?state=trouble" className="text-accent underline underline-offset-3">
          {words.brokenMore}
        </Link>
      }
    >
      <ul>
        {ordered.map(({ id, guildName, health, isActive, course, preflight: { checks } }) => (
          <li key={id} className="border-t border-line px-4 py-3 sm:px-6">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Link
                to={`/courses/${course.id}/discord`}
                className="font-medium text-accent underline underline-offset-3 hover:text-accent-strong"
              >
                {course.title}
              </Link>
              <span className="text-ink-soft">{guildName}</span>
              <HealthBadge health={health} />
              {!isActive && <Badge tone="waiting">{words.pause}</Badge>}
            </div>
            {checks
              .filter(({ passed, required }) => required && !passed)
              .slice(0, 1)
              .map((check) => (
                <p key={check.id} className="mt-1 text-ink-soft">
                  {mending(check)}
                </p>
              ))}
          </li>
        ))}
      </ul>
    </Card>
  );
}
