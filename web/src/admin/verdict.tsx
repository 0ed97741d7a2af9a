import { Banner } from '../components/banner';
import { buttonClass } from '../components/button';
import { useTexts } from '../texts/texts';
import { Link } from 'react-router';
import { useNumbers } from './numbers';
import { type OverviewQuery } from './overview.generated';
import { overviewTexts } from './overview-texts';
import { type Problem, problemsOf } from './verdict.policy';

/** Where each is looked at; what the service mends by itself is only said. */
const PLACES: Partial<Record<Problem['kind'], string>> = {
  servers: '/admin/servers?state=trouble',
  stopped: '/admin/work#stop-switch',
  held: '/admin/work',
  webhooks: '/admin/work#webhooks',
};

/** The first thing that is seen: all is well, or what is not. */
export function Verdict({ data }: { readonly data: OverviewQuery }) {
  const words = useTexts(overviewTexts);
  const { count, percent } = useNumbers();
  const problems = problemsOf(data);
  const { connectedUsers, enrolledStudents, activeServers } = data.metrics;
  if (problems.length === 0) {
    return (
      <Banner kind="good" title={words.healthy}>
        {words.healthyMeans(count(connectedUsers), count(enrolledStudents), count(activeServers))}
      </Banner>
    );
  }
  const sentence = (problem: Problem) => {
    switch (problem.kind) {
      case 'away':
        return words.away(percent(problem.share));
      case 'failing':
        return words.failing(percent(problem.share));
      case 'stopped':
        return words.stopped;
      case 'servers':
        return words.serversWrong(problem.count);
      case 'held':
        return words.held(problem.count);
      case 'webhooks':
        return words.webhooks(count(problem.count));
      case 'queue':
        return words.queue(count(problem.count));
    }
  };
  return (
    <Banner kind="trouble" title={words.wrong(problems.length)}>
      <ul>
        {problems.map((problem) => {
          const place = PLACES[problem.kind];
          return (
            <li key={problem.kind} className="flex flex-wrap items-center gap-x-3">
              {sentence(problem)}
              {place !== undefined && (
                <Link
                  to={place}
                  aria-label={`${words.look}: ${sentence(problem)}`}
                  className={buttonClass('quiet', 'underline', 'px-2')}
                >
                  {words.look}
                </Link>
              )}
            </li>
          );
        })}
      </ul>
    </Banner>
  );
}
