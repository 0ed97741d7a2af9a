import { useEffect, useState } from 'react';
import { useLocation, useSearchParams } from 'react-router';

/**
 * What stands behind the `?` of the address, and how it is changed. The page holds it and writes it into the address
 * afterwards: the router draws a changed address only when there is time, and a field that showed the address itself would till
 * then show its old text again and lose what is typed meanwhile. A link, Back and Forward change what the page holds.
 */
export function useAddress(): readonly [
  address: URLSearchParams,
  /** The values to change, by name; '' is none. */
  change: (values: Readonly<Record<string, string>>) => void,
] {
  const [shown, show] = useSearchParams();
  const { key } = useLocation();
  const [held, setHeld] = useState<Held>({ search: shown.toString(), written: [], key });
  if (held.key !== key) setHeld((before) => arrived(before, shown.toString(), key));

  useEffect(() => {
    if (held.search !== shown.toString()) show(held.search, { replace: true });
  }, [held.search, shown, show]);

  const change = (values: Readonly<Record<string, string>>) =>
    setHeld((before) => {
      const address = new URLSearchParams(before.search);
      for (const [name, value] of Object.entries(values)) {
        if (value === '') address.delete(name);
        else address.set(name, value);
      }
      const search = address.toString();
      return { ...before, search, written: [...before.written, search] };
    });
  return [new URLSearchParams(held.search), change];
}

interface Held {
  readonly search: string;
  /** What the page wrote and the router has not shown yet, oldest first. */
  readonly written: readonly string[];
  /** Of the last address that the router showed. */
  readonly key: string;
}

/** The router shows an address: one that the page wrote, perhaps long outdated, or somebody went there. */
function arrived({ search, written }: Held, shown: string, key: string): Held {
  const own = written.lastIndexOf(shown);
  return own === -1 ? { search: shown, written: [], key } : { search, written: written.slice(own + 1), key };
}
