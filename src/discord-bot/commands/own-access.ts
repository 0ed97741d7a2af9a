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
import { JOIN_REFUSALS, type JoinRefusal } from '../texts/texts';
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
    const refused = first === undefined ? null : await refusalOf(first(caller));
    const memberships = await this.memberships.ownIn(caller, visitor.guildId);
    const taught = await this.taughtBy(caller, visitor.guildId);
    return connectReply(
      {
        memberships,
        taught,
        directMessages: await this.settings.directMessages(caller),
        page: memberships.length === 0 && taught.length > 0 ? this.pages.courses : this.pages.own,
        refused,
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

/** Why what somebody asked for themselves was refused: it is told with how they stand. Null when it was not. */
async function refusalOf(asked: Promise<unknown>): Promise<JoinRefusal | null> {
  try {
    await asked;
    return null;
  } catch (error) {
    const code = error instanceof DomainError ? error.code : undefined;
    const refusal = JOIN_REFUSALS.find((each) => each === code);
    if (refusal === undefined) throw error;
    return refusal;
  }
}
