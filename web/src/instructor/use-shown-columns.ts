import { useSyncExternalStore } from 'react';

/** Widths from which on the roster shows one column more: Tailwind's sm, md and lg. */
const WIDER = ['(min-width: 40rem)', '(min-width: 48rem)', '(min-width: 64rem)'].map((query) => matchMedia(query));

function subscribe(listener: () => void): () => void {
  for (const media of WIDER) media.addEventListener('change', listener);
  return () => {
    for (const media of WIDER) media.removeEventListener('change', listener);
  };
}

/** How many columns of the roster are shown. A cell across more of them than there are would make room for the others. */
export function useShownColumns(): number {
  return useSyncExternalStore(subscribe, () => 2 + WIDER.filter(({ matches }) => matches).length);
}
