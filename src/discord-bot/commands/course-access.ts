import { Injectable } from '@nestjs/common';
import { type User } from 'discord.js';
import { Memberships } from '../../membership/memberships';
import { People } from '../../platform/people';
import { Callers } from '../callers';
import { type Reply } from '../replies/reply';
import { whyReply } from '../replies/why.reply';
import { type Visitor } from '../visitor';

/** What staff is told of a member: the same for the command and for the menu of a member. */
@Injectable()
export class CourseAccess {
  constructor(
    private readonly callers: Callers,
    private readonly memberships: Memberships,
    private readonly people: People,
  ) {}

  /** @throws DomainError NOT_LINKED, FORBIDDEN */
  async of(member: User, visitor: Visitor): Promise<Reply> {
    const { caller } = await this.callers.staff(visitor);
    const memberships = await this.memberships.ofAccount(caller, member.id, visitor.guildId);
    const userIds = memberships.map(({ userId }) => userId);
    const names = await this.people.names(caller, userIds);
    const known = userIds.flatMap((id) => names.get(id) ?? [])[0];
    return whyReply(known ?? member.globalName ?? member.username, memberships, visitor);
  }
}
