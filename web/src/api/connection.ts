import { useSyncExternalStore } from 'react';

/** Whether what is shown follows what happens: `lost` while there is no network, or no answer of the live stream. */
export type Connection = 'there' | 'lost';

let isStreamLost = false;
const listeners = new Set<() => void>();

/** Told by the live stream. */
export function setStreamLost(lost: boolean): void {
  isStreamLost = lost;
  for (const listener of listeners) listener();
}

function current(): Connection {
  return isStreamLost || !navigator.onLine ? 'lost' : 'there';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, current);
}
