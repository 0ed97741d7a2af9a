import { Injectable } from '@nestjs/common';
import { type Caller } from '../../common/caller';
import { DomainError } from '../../common/domain-error';
import { isSnowflake } from '../../common/snowflake';
import { isUuid } from '../../common/uuid';
import { type RosterEntry, RosterSearch } from '../../membership/roster-search';
import { type Choice, choiceName, MAX_CHOICES } from './course-choice.policy';

/** A member of the server as Discord's clients write one who is picked: `<@id>`. */
const MENTION = /^<@!?(\d+)>$/;

/** Which student somebody means. */
@Injectable()
export class StudentChoice {
  constructor(private readonly roster: RosterSearch) {}

  /**
   * The student of these courses who is meant: chosen from the list, a member of the server, an id that was pasted, or a name.
   * @throws DomainError NOT_ENROLLED for an account or id that is nobody's there; NOT_FOUND for a name; BAD_USER_INPUT
   * when several are called so.
   */
  async meant(caller: Caller, courseIds: readonly string[], typed: string): Promise<RosterEntry> {
    const text = accountIn(typed) ?? typed.trim();
    const [first, second] = text === '' ? [] : await this.roster.find(caller, courseIds, text, 2);
    if (isUuid(text) || isSnowflake(text)) {
      if (first && [first.userId, first.discordUserId].includes(text.toLowerCase())) return first;
      throw new DomainError('NOT_ENROLLED', 'This person is no student of the course.');
    }
    if (!first) throw new DomainError('NOT_FOUND', 'The course has no student of this name.', { choice: 'student' });
    if (second && (!isCalled(first, text) || isCalled(second, text)))
      throw new DomainError('BAD_USER_INPUT', 'Several students of the course are called like that.', {
        choice: 'student',
      });
    return first;
  }

  /** Students of these courses who fit what was typed so far. */
  async choices(caller: Caller, courseIds: readonly string[], typed: string): Promise<Choice[]> {
    const found = await this.roster.find(caller, courseIds, accountIn(typed) ?? typed, MAX_CHOICES);
    return found.map(({ userId, name, discordUsername }) => {
      const shown = [name, discordUsername].filter((part) => part !== null).join(' · ');
      return { name: choiceName(shown, userId), value: userId };
    });
  }
}

/** The Discord account that was typed: a mention, or an id. */
export function accountIn(typed: string): string | null {
  const text = MENTION.exec(typed.trim())?.[1] ?? typed.trim();
  return isSnowflake(text) ? text : null;
}

function isCalled({ name, discordUsername }: RosterEntry, text: string): boolean {
  return [name, discordUsername].some((one) => one?.toLowerCase() === text.toLowerCase());
}
