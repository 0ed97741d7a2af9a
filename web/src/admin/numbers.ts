import { type Language, useLanguage } from '../texts/language';

const LOCALES: Record<Language, string> = { en: 'en-GB', id: 'id-ID' };

const UNITS = [
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How figures are written. */
export interface Numbers {
  readonly count: (value: number) => string;
  /** @param value 0 to 1 */
  readonly percent: (value: number) => string;
  /** "850 ms", "12 sec", "4 min", "1.5 hr". @param value seconds */
  readonly duration: (value: number) => string;
}

export function numbersIn(language: Language): Numbers {
  const locale = LOCALES[language];
  const format = (value: number, options: Intl.NumberFormatOptions = {}) =>
    new Intl.NumberFormat(locale, options).format(value);
  const unit = (value: number, name: string) =>
    format(value, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 });
  return {
    count: (value) => format(value),
    // 99.96 % is not all.
    percent: (value) => format(value, { style: 'percent', maximumFractionDigits: 1, roundingMode: 'floor' }),
    duration: (value) => {
      if (value > 0 && value < 1) return unit(value * 1_000, 'millisecond');
      const [name, size] = UNITS.find(([, seconds]) => value >= seconds) ?? (['second', 1] as const);
      return unit(value / size, name);
    },
  };
}

export function useNumbers(): Numbers {
  return numbersIn(useLanguage());
}

/** A point of a series: an hour, a day or the week that begins then, in UTC as they were counted. */
export function pointName(at: string, bucket: 'HOUR' | 'DAY' | 'WEEK', language: Language): string {
  const options: Intl.DateTimeFormatOptions =
    bucket === 'HOUR'
      ? { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }
      : { day: 'numeric', month: 'short' };
  // An hour is shown by the clock of whoever looks; a day is that of UTC.
  return new Intl.DateTimeFormat(
    LOCALES[language],
    bucket === 'HOUR' ? options : { ...options, timeZone: 'UTC' },
  ).format(new Date(at));
}
