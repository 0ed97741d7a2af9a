import { useEffect, useState } from 'react';

/** How long nothing has to be typed until it is asked for, milliseconds. */
const REST = 250;

/** What was typed, once its writer has paused. */
export function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), REST);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled.trim();
}
