import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { Banner } from '../components/banner';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { meTexts } from './me-texts';

/** Back from Discord: how it went. The address forgets it at once, so that loading the page again does not say it again. */
export function LinkOutcome() {
  const words = useTexts(meTexts);
  const [search, setSearch] = useSearchParams();
  const [seen, setSeen] = useState<{ outcome: string; code: string | null } | null>(null);
  const outcome = search.get('discord');
  const code = search.get('code');
  if (outcome !== null && seen?.outcome !== outcome) setSeen({ outcome, code });
  useEffect(() => {
    if (outcome === null) return;
    if (outcome === 'connected') toast('good', words.linked);
    setSearch({}, { replace: true });
  }, [outcome, setSearch, words]);

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
