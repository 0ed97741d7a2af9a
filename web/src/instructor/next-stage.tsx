import { useData } from '../api/data';
import { Banner } from '../components/banner';
import { Button } from '../components/button';
import { useTexts } from '../texts/texts';
import { linkTexts } from './link-texts';
import { courseNumbers } from './numbers.generated';

/** The targets of the first stage, by link. */
const TARGETS = ['linkAdoptionRate', 'joinClickRate'];

/** A course by link that is past both targets of that stage is offered the next one. */
export function NextStage({ courseId, onNext }: { readonly courseId: string; readonly onNext: () => void }) {
  const words = useTexts(linkTexts);
  const { data } = useData(courseNumbers, { courseId, since: null, bucket: 'DAY' });
  const isPast = TARGETS.every((name) =>
    data?.metrics.targets.some(({ metric, met }) => metric === name && met === true),
  );
  if (!isPast) return null;
  return (
    <Banner
      kind="good"
      title={words.nextTitle}
      action={
        <Button look="primary" onClick={onNext}>
          {words.next}
        </Button>
      }
    >
      {words.nextMeans}
    </Banner>
  );
}
