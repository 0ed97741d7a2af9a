import { useSyncExternalStore } from 'react';
import { readSetting, writeSetting } from '../device-settings';

/** `system` follows the device. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'theme';
const listeners = new Set<() => void>();

let theme: Theme = (['light', 'dark'] as const).find((each) => each === readSetting(KEY)) ?? 'system';
document.documentElement.dataset['theme'] = theme;

export function setTheme(chosen: Theme): void {
  theme = chosen;
  document.documentElement.dataset['theme'] = chosen;
  writeSetting(KEY, chosen);
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
}
