import { type QueryClient } from '@tanstack/react-query';
import { createContext } from 'react';
import { type Service } from '../api/service';
import { type Language } from '../texts/language';
import { type Theme } from '../theme/theme';

/** What all components of one `AnycademyDiscord` have in common. */
export interface World {
  readonly service: Service;
  readonly queries: QueryClient;
  readonly language: Language;
  readonly theme: Theme;
  /** Follows, once for all components, what happens to whoever looks, until the function that it gives is called. */
  readonly follow: () => () => void;
}

export const WorldContext = createContext<World | null>(null);
