import { useState } from 'react';
import { useAction, useData } from '../api/data';
import { Button } from '../components/button';
import { ErrorState, useErrorSentence } from '../components/error-state';
import { RelativeTime } from '../components/relative-time';
import { SkeletonRows } from '../components/skeleton';
import { Table } from '../components/table';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { linkVisits, type LinkVisitsQuery, tickMember } from './link.generated';
import { linkTexts } from './link-texts';

type Visit = NonNullable<NonNullable<LinkVisitsQuery['course']>['discordLink']>['visits'][number];

const STEP = 50;
const MOST = 1_000;

/** Who pressed Join, and the instructor's tick that they are in. */
export function LinkVisits({ courseId, students }: { readonly courseId: string; readonly students: number }) {
  const words = useTexts(linkTexts);
  const [first, setFirst] = useState(STEP);
  const { data, error, refetch, isFetching } = useData(linkVisits, { id: courseId, first });
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={2} />;
  const visits = data.course?.discordLink?.visits ?? [];
  return (
    <section aria-labelledby="link-visits" className="border-t border-line pt-4">
      <h3 id="link-visits" className="font-medium">
        {words.visits}
      </h3>
      {visits.length === 0 ? (
        <p className="text-ink-soft">{words.noVisits}</p>
      ) : (
        <Table
          caption={words.visits}
          rows={visits}
          keyOf={({ student }) => student.id}
          columns={[
            { key: 'student', title: words.student, cell: ({ student }) => student.displayName ?? words.nameless },
            {
              key: 'pressed',
              title: words.pressed,
              cell: ({ clicks, firstClickedAt }) => (
                <>
                  {words.times(clicks)} · <RelativeTime at={firstClickedAt} />
                </>
              ),
            },
            {
              key: 'in',
              title: words.inServer,
              cell: (visit) => <Tick visit={visit} courseId={courseId} />,
            },
          ]}
        />
      )}
      {visits.length < Math.min(students, MOST) && (
        <Button className="mt-3" busy={isFetching} onClick={() => setFirst(Math.min(first + STEP * 4, MOST))}>
          {words.more}
        </Button>
      )}
    </section>
  );
}

function Tick({ visit, courseId }: { readonly visit: Visit; readonly courseId: string }) {
  const words = useTexts(linkTexts);
  const sentence = useErrorSentence();
  const { mutate, isPending, variables } = useAction(tickMember);
  const { student, confirmedMember } = visit;
  const isChecked = isPending ? variables.isMember : confirmedMember === true;
  return (
    <label className="inline-grid size-11 place-items-center sm:size-10">
      <input
        type="checkbox"
        aria-label={words.isIn(student.displayName ?? words.nameless)}
        className="size-5 accent-accent"
        checked={isChecked}
        onChange={(event) =>
          mutate(
            { courseId, userId: student.id, isMember: event.target.checked },
            { onError: (error) => toast('bad', sentence(error)) },
          )
        }
      />
    </label>
  );
}
