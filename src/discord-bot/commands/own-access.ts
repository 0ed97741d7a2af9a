import { Injectable } from '@nestjs/common';
import { UserSettings } from '../../auth/user-settings';
import { type Caller } from '../../common/caller';
import { DomainError } from '../../common/domain-error';
import { Memberships } from '../../membership/memberships';
import { ServerConfigs } from '../../server-config/server-configs';
import { Callers } from '../callers';
import { Pages } from '../pages';
import { connectReply, notConnectedReply } from '../replies/connect.reply';
import { type Reply } from '../replies/reply';
import { type Visitor } from '../visitor';

/** What everybody is told of themselves, and may do for themselves. */
@Injectable()
export class OwnAccess {
  constructor(
    private readonly callers: Callers,
    private readonly memberships: Memberships,
    private readonly configs: ServerConfigs,
    private readonly settings: UserSettings,
    private readonly pages: Pages,
  ) {}

  /** @param first what they have just asked for, once it is sure who they are */
  async of(visitor: Visitor, first?: (caller: Caller) => Promise<unknown>): Promise<Reply> {
    let caller: Caller;
    try {
      caller = await this.callers.caller(visitor);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'NOT_LINKED') throw error;
      return notConnectedReply(visitor, this.pages.own);
    }
    await first?.(caller);
    const memberships = await this.memberships.ownIn(caller, visitor.guildId);
    return connectReply(
      {
        memberships,
        taught: await this.taughtBy(caller, visitor.guildId),
        directMessages: await this.settings.directMessages(caller),
        page: this.pages.own,
      },
      visitor,
    );
  }

  /** An admin sees every course of the server, and teaches none of them for that. */
  private async taughtBy(caller: Caller, guildId: string): Promise<string[]> {
    if (caller.role === 'ADMIN') return [];
    const here = await this.configs.ofGuild(caller, guildId);
    return here.map(({ courseTitle }) => courseTitle);
  }
}
