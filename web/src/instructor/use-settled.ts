import { useEffect, useState } from 'react';

/** How long nothing has to be typed, milliseconds. */
const PAUSE = 250;

/** What was typed, once the typing pauses: not every letter is asked for. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
