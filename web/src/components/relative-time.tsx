import { useSyncExternalStore } from 'react';
import { type Language, useLanguage } from '../texts/language';

const LOCALES: Record<Language, string> = { en: 'en-GB', id: 'id-ID' };
const STEPS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 7],
] as const;

/** The time of all of them, to the half minute. */
let now = Date.now();
const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** "4 minutes ago", after a week the date; the exact time on hover. @param at ISO 8601 */
export function RelativeTime({ at }: { readonly at: string }) {
  const language = useLanguage();
  const known = useSyncExternalStore(subscribe, () => now);
  const date = new Date(at);
  // What happened since the clock was last read happened now, not in the future.
  const seconds = (date.getTime() - Math.max(known, Math.min(Date.now(), date.getTime()))) / 1000;
  return (
    <time dateTime={at} title={exactTime(at, language)} className="whitespace-nowrap">
      {relative(date, seconds, language)}
    </time>
  );
}

/** Day, month, year, hours, minutes and seconds, with the zone. */
export function exactTime(at: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'full', timeStyle: 'long' }).format(new Date(at));
}

/** "3 Nov", with the year when it is another one. */
export function shortDate(at: string, language: Language): string {
  const date = new Date(at);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return new Intl.DateTimeFormat(LOCALES[language], {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  }).format(date);
}

function relative(date: Date, seconds: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: 'auto' });
  let amount = seconds;
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return format.format(unit === 'second' ? 0 : Math.trunc(amount), unit);
    amount /= size;
  }
  return shortDate(date.toISOString(), language);
}
