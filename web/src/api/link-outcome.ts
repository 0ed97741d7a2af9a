import { useEffect, useState } from 'react';

const OUTCOMES = ['connected', 'cancelled', 'error'] as const;

/** How linking ended at Discord, and with which code when it failed. */
export interface LinkOutcome {
  readonly outcome: (typeof OUTCOMES)[number];
  readonly code: string | null;
}

function read(): LinkOutcome | null {
  const search = new URLSearchParams(location.search);
  const outcome = OUTCOMES.find((each) => each === search.get('discord'));
  return outcome === undefined ? null : { outcome, code: search.get('code') };
}

/** Back from Discord: how it went. The address forgets it at once, so that loading the page again does not say it again. */
export function useLinkOutcome(): LinkOutcome | null {
  const [seen] = useState(read);
  useEffect(() => {
    if (!seen) return;
    const here = new URL(location.href);
    here.searchParams.delete('discord');
    here.searchParams.delete('code');
    history.replaceState(history.state, '', here);
  }, [seen]);
  return seen;
}
