import { createContext, useContext, useSyncExternalStore } from 'react';
import { readSetting, writeSetting } from '../device-settings';

/** The languages of the pages, by the name that each has for itself. */
export const LANGUAGES = { en: 'English', id: 'Bahasa Indonesia' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'language';

/** Given where the page around decides, and not the person on this device. */
export const LanguageContext = createContext<Language | null>(null);

/** The first of our languages that the browser asks for. */
export function browserLanguage(): Language {
  // Where pages are made on a server there is no browser to ask.
  const wanted = (globalThis.navigator as Navigator | undefined)?.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  const spoken = wanted?.find((tag) => tag === 'en' || tag === 'id' || tag === 'in');
  return spoken === 'id' || spoken === 'in' ? 'id' : 'en';
}

let language: Language | undefined;
const listeners = new Set<() => void>();

/** What was chosen here, else what the browser asks for. */
export function currentLanguage(): Language {
  const chosen = language ?? readSetting(KEY);
  return (language = chosen === 'en' || chosen === 'id' ? chosen : browserLanguage());
}

export function setLanguage(chosen: Language): void {
  language = chosen;
  document.documentElement.lang = chosen;
  writeSetting(KEY, chosen);
  for (const listener of listeners) listener();
}

export function useLanguage(): Language {
  const given = useContext(LanguageContext);
  return useSyncExternalStore(subscribe, () => given ?? currentLanguage());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
