import { useSyncExternalStore } from 'react';
import { readSetting, writeSetting } from '../device-settings';

/** The languages of the pages, by the name that each has for itself. */
export const LANGUAGES = { en: 'English', id: 'Bahasa Indonesia' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'language';

/** What was chosen here, else what the browser asks for. */
function initial(): Language {
  const chosen = readSetting(KEY);
  if (chosen === 'en' || chosen === 'id') return chosen;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  const spoken = wanted.find((tag) => tag === 'en' || tag === 'id' || tag === 'in');
  return spoken === 'id' || spoken === 'in' ? 'id' : 'en';
}

let language = initial();
document.documentElement.lang = language;
const listeners = new Set<() => void>();

export function currentLanguage(): Language {
  return language;
}

export function setLanguage(chosen: Language): void {
  language = chosen;
  document.documentElement.lang = chosen;
  writeSetting(KEY, chosen);
  for (const listener of listeners) listener();
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
