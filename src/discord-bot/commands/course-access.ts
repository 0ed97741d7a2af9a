import { Injectable } from '@nestjs/common';
import { type User } from 'discord.js';
import { type Caller } from '../../common/caller';
import { Memberships } from '../../membership/memberships';
import { plainName } from '../../membership/welcome.policy';
import { People } from '../../platform/people';
import { Callers } from '../callers';
import { accountIn, StudentChoice } from '../choices/student-choice';
import { type Reply } from '../replies/reply';
import { nothingYetReply, whyReply } from '../replies/why.reply';
import { type Visitor } from '../visitor';

/** What staff is told of somebody: the same for the command and for the menu of a member. */
@Injectable()
export class CourseAccess {
  constructor(
    private readonly callers: Callers,
    private readonly students: StudentChoice,
    private readonly memberships: Memberships,
    private readonly people: People,
  ) {}

  /** @throws DomainError NOT_LINKED, FORBIDDEN */
  async ofMember(member: User, visitor: Visitor): Promise<Reply> {
    const { caller } = await this.callers.staff(visitor);
    return this.ofAccount(caller, member.id, plainName(member.globalName ?? member.username), visitor);
  }

  /**
   * @param typed a member of the server, or a student by name or id
   * @throws DomainError NOT_LINKED, FORBIDDEN; what {@link StudentChoice.meant} throws
   */
  async ofTyped(typed: string, visitor: Visitor): Promise<Reply> {
    const { caller, courses } = await this.callers.staff(visitor);
    const account = accountIn(typed);
    // Discord shows a mention as the name, and we do not know it.
    if (account !== null) return this.ofAccount(caller, account, `<@${account}>`, visitor);
    const courseIds = courses.map(({ courseId }) => courseId);
    const { userId, name } = await this.students.meant(caller, courseIds, typed);
    const memberships = await this.memberships.ofTaught(caller, userId, visitor.guildId);
    const shown = plainName(name ?? userId);
    return memberships.length === 0 ? nothingYetReply(shown, visitor) : whyReply(shown, memberships, visitor);
  }

  private async ofAccount(caller: Caller, account: string, fallback: string, visitor: Visitor): Promise<Reply> {
    const memberships = await this.memberships.ofAccount(caller, account, visitor.guildId);
    const userIds = memberships.map(({ userId }) => userId);
    const names = await this.people.names(caller, userIds);
    const [known] = userIds.flatMap((id) => names.get(id) ?? []);
    return whyReply(known === undefined ? fallback : plainName(known), memberships, visitor);
  }
}
