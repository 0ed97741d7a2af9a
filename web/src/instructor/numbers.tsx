import { type ReactNode } from 'react';
import { useData } from '../api/data';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { useLanguage } from '../texts/language';
import { useTexts } from '../texts/texts';
import { courseNumbers } from './numbers.generated';
import { numbersTexts } from './numbers-texts';
import { Trend } from './trend';

/** How well it goes in this course: the measures with what they should reach, and the trend. */
export function Numbers({ courseId, hasLink }: { readonly courseId: string; readonly hasLink: boolean }) {
  const words = useTexts(numbersTexts);
  const language = useLanguage();
  const { data, error, refetch } = useData(courseNumbers, { courseId, since: null, bucket: 'DAY' });
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={3} />;
  const { metrics } = data;
  const count = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const seconds = (value: number | null) => (value === null ? words.none : words.seconds(count.format(value)));
  const hasJoined = metrics.series.some(({ joined }) => joined > 0);
  const target = (name: string) => {
    const found = metrics.targets.find(({ metric }) => metric === name);
    return found === undefined ? undefined : words.target(share.format(found.target));
  };
  return (
    <section aria-labelledby="course-numbers" className="space-y-8">
      <h2 id="course-numbers" className="text-base font-semibold">
        {words.title}
      </h2>
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(13rem,1fr))] gap-x-8 gap-y-6">
        <Measure name={words.connected} value={share.format(metrics.connectionRate)} target={target('connectionRate')}>
          {words.connectedOf(count.format(metrics.connectedUsers), count.format(metrics.enrolledStudents))}
        </Measure>
        <Measure
          name={words.invitations}
          value={metrics.invitationsSent === 0 ? words.none : share.format(metrics.invitationSuccessRate)}
        >
          {metrics.invitationsSent === 0 ? words.noInvites : words.invitationsOf(count.format(metrics.invitationsSent))}
        </Measure>
        <Measure name={words.retention} value={hasJoined ? share.format(metrics.retentionRate) : words.none}>
          {hasJoined ? words.retentionOf : words.nobodyIn}
        </Measure>
        <Measure name={words.role} value={seconds(metrics.timeToRoleP50)}>
          {metrics.timeToRoleP95 === null ? words.nobodyAdded : words.roleOf(seconds(metrics.timeToRoleP95))}
        </Measure>
        {hasLink && (
          <Measure name={words.clicked} value={share.format(metrics.joinClickRate)} target={target('joinClickRate')}>
            {words.clickedOf}
          </Measure>
        )}
        {metrics.weeklyActiveRate !== null && (
          <Measure
            name={words.active}
            value={share.format(metrics.weeklyActiveRate)}
            target={target('weeklyActiveRate')}
          >
            {words.activeOf}
          </Measure>
        )}
      </dl>
      <Trend points={metrics.series} />
    </section>
  );
}

function Measure({
  name,
  value,
  target,
  children,
}: {
  readonly name: string;
  readonly value: string;
  readonly target?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <div className="border-t border-line pt-3">
      <dt className="text-ink-soft">{name}</dt>
      <dd>
        <span className="text-2xl font-semibold tabular-nums">{value}</span>
        {target !== undefined && <span className="ml-2 text-ink-faint">{target}</span>}
        <span className="block text-ink-soft">{children}</span>
      </dd>
    </div>
  );
}
