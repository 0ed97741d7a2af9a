import { type Language } from '../common/language';
import { type Reply } from './replies/reply';
import { type Texts } from './texts/texts';

/** Whoever has run a command or pressed a button, and where; who that is on the platform, {@link Callers} tells. */
export interface Visitor {
  readonly discordUserId: string;
  readonly guildId: string;
  readonly language: Language;
  readonly texts: Texts;
  /** Until when the answer can be changed, seconds since 1970. */
  readonly until: number;
  /** Shows how far it is, before the answer. That it could not be shown stops nothing. */
  show(reply: Reply): Promise<void>;
}
