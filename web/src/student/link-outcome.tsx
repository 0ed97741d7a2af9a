import { useEffect } from 'react';
import { useLinkOutcome } from '../api/link-outcome';
import { Banner } from '../components/banner';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { meTexts } from './me-texts';

/** Back from Discord: how it went. */
export function LinkOutcome() {
  const words = useTexts(meTexts);
  const seen = useLinkOutcome();
  const isConnected = seen?.outcome === 'connected';
  useEffect(() => {
    if (isConnected) toast('good', words.linked);
  }, [isConnected, words]);

  if (seen === null || seen.outcome === 'connected') return null;
  const [title, means] =
    seen.outcome === 'cancelled'
      ? [words.cancelled, undefined]
      : seen.code === 'CONFLICT'
        ? [words.taken, words.takenMeans]
        : seen.code === 'BAD_USER_INPUT'
          ? [words.tooLate, words.tooLateMeans]
          : [words.failed, words.failedMeans];
  return (
    <div role="status">
      <Banner kind={seen.outcome === 'cancelled' ? 'info' : 'trouble'} title={title}>
        {means}
      </Banner>
    </div>
  );
}
