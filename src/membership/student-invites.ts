import { Injectable } from '@nestjs/common';
import { type APIInvite } from 'discord-api-types/v10';
import { DiscordFailure } from '../discord-api/discord-failure';
import { DiscordRest } from '../discord-api/discord-rest';
import { InviteNotBound } from '../discord-api/personal-invite';
import { InviteChannel } from './invite-channel';
import { OpenInvites } from './open-invites';

/** An invite for one student: used once, within a day. */
const INVITE_LIFETIME = 24 * 3_600;

/** An invite, and the roles that whoever comes in by it gets. */
export interface StudentInvite {
  readonly code: string;
  readonly expiresAt: Date;
  readonly roleIds: readonly string[];
}

/** Makes invites for one student each. */
@Injectable()
export class StudentInvites {
  constructor(
    private readonly discord: DiscordRest,
    private readonly inviteChannel: InviteChannel,
    private readonly openInvites: OpenInvites,
  ) {}

  /**
   * For this person alone, and with their roles, where Discord binds invites to people. Elsewhere the link works for whoever
   * uses it first, so it gives no role: the student is recognised when they join, and a stranger stays one.
   * @param chosenChannelId the channel that the course invites to, if it has chosen one
   * @throws DiscordFailure of the kind `server` also when there is no channel to invite to
   */
  async create(
    guildId: string,
    chosenChannelId: string | null,
    account: string,
    roleIds: readonly string[],
  ): Promise<StudentInvite> {
    const channelId = await this.inviteChannel.find(guildId, chosenChannelId);
    if (channelId === null) {
      throw new DiscordFailure('server', 'The server has no channel to invite to.', { status: 404, code: 10003 });
    }
    const once = { maxAgeSeconds: INVITE_LIFETIME, maxUses: 1, reason: 'Enrolled in the course' };
    try {
      const invite = await this.discord.createInvite(channelId, {
        ...once,
        targetUserIds: [account],
        ...(roleIds.length > 0 ? { roleIds } : {}),
      });
      return { code: invite.code, expiresAt: expiryOf(invite), roleIds };
    } catch (failure) {
      if (!(failure instanceof InviteNotBound)) throw failure;
      const invite = await this.discord.createInvite(channelId, once);
      await this.openInvites.remember(guildId, invite.code, expiryOf(invite));
      return { code: invite.code, expiresAt: expiryOf(invite), roleIds: [] };
    }
  }
}

function expiryOf(invite: APIInvite): Date {
  return new Date(invite.expires_at ?? Date.now() + INVITE_LIFETIME * 1_000);
}
