import { type ReactNode, useId } from 'react';
import { useTexts } from '../texts/texts';
import { useNumbers } from './numbers';
import { type OverviewQuery } from './overview.generated';
import { overviewTexts } from './overview-texts';

/** The figures of the time that was chosen, one beside another. */
export function Tiles({ metrics }: { readonly metrics: OverviewQuery['metrics'] }) {
  const words = useTexts(overviewTexts);
  const heading = useId();
  const { count, percent, duration } = useNumbers();
  const { timeToRoleP50, timeToRoleP95 } = metrics;
  const hasCalls = metrics.apiCalls > 0;
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading} className="sr-only">
        {words.figures}
      </h2>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-5">
        <Tile name={words.connected} hint={words.ofEnrolled(count(metrics.enrolledStudents))}>
          {count(metrics.connectedUsers)}
        </Tile>
        <Tile name={words.connectionRate} hint={words.ofEnrolled(count(metrics.enrolledStudents))}>
          {percent(metrics.connectionRate)}
        </Tile>
        <Tile name={words.activeServers} hint={words.ofCourses(metrics.coursesWithServer)}>
          {count(metrics.activeServers)}
        </Tile>
        <Tile name={words.adoption} hint={words.adoptionHint}>
          {percent(metrics.instructorAdoptionRate)}
        </Tile>
        <Tile name={words.invitation} hint={words.invitationHint(count(metrics.invitationsSent))}>
          {metrics.invitationsSent > 0 ? percent(metrics.invitationSuccessRate) : '–'}
        </Tile>
        <Tile name={words.retention} hint={words.retentionHint}>
          {percent(metrics.retentionRate)}
        </Tile>
        <Tile name={words.errorRate} hint={words.ofCalls(count(metrics.apiCalls))}>
          {hasCalls ? percent(metrics.apiErrorRate) : '–'}
        </Tile>
        <Tile name={words.uptime} hint={words.uptimeHint}>
          {percent(metrics.discordUptime)}
        </Tile>
        <Tile
          name={words.timeToRole}
          hint={timeToRoleP95 === null ? words.timeToRoleNone : words.timeToRoleHint(duration(timeToRoleP95))}
        >
          {timeToRoleP50 === null ? '–' : duration(timeToRoleP50)}
        </Tile>
        <Tile name={words.queueDepth} hint={words.queueHint}>
          {count(metrics.queueDepth)}
        </Tile>
      </dl>
    </section>
  );
}

function Tile({
  name,
  hint,
  children,
}: {
  readonly name: string;
  readonly hint: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="bg-raised px-4 py-3">
      <dt className="text-ink-soft">{name}</dt>
      <dd>
        <span className="block text-2xl font-semibold tracking-tight tabular-nums">{children}</span>
        <span className="text-xs text-ink-faint">{hint}</span>
      </dd>
    </div>
  );
}
