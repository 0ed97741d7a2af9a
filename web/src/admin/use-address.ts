import { useEffect, useState } from 'react';
import { NavigationType, useLocation, useNavigationType, useSearchParams } from 'react-router';

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
  const isOwn = useNavigationType() === NavigationType.Replace;
  const [held, setHeld] = useState({ search: shown.toString(), key });
  // What the page wrote itself may be long outdated when it is shown, and is shown more than once.
  if (held.key !== key) setHeld(({ search }) => ({ search: isOwn ? search : shown.toString(), key }));

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
      return { ...before, search: address.toString() };
    });
  return [new URLSearchParams(held.search), change];
}
