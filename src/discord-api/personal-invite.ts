import { setTimeout as delay } from 'node:timers/promises';
import { auditLogReason } from './audit-log-reason';
import { type BotRequest } from './bot-http';
import { DiscordFailure } from './discord-failure';

/** An invite to be made. */
export interface NewInvite {
  /** Up to 604,800 (7 days). */
  readonly maxAgeSeconds: number;
  /** 0 = any number. */
  readonly maxUses: number;
  /** Only these people can see and accept it. */
  readonly targetUserIds?: readonly string[];
  /** Given to whoever accepts it; they stay when the invite ends. */
  readonly roleIds?: readonly string[];
  readonly reason: string;
}

/** How long we wait for Discord to store for whom an invite is, milliseconds. */
const PATIENCE = 5_000;

/** The body of Create Channel Invite; multipart when the invite is for certain people, as Discord takes them as a file. */
export function inviteRequest(invite: NewInvite): Pick<BotRequest, 'body' | 'files' | 'reason'> {
  const body = {
    max_age: invite.maxAgeSeconds,
    max_uses: invite.maxUses,
    unique: true,
    ...(invite.roleIds === undefined ? {} : { role_ids: invite.roleIds }),
  };
  const reason = auditLogReason(invite.reason);
  if (invite.targetUserIds === undefined) return { body, reason };
  const people = {
    key: 'target_users_file',
    name: 'target_users.csv',
    contentType: 'text/csv',
    data: `user_id\n${invite.targetUserIds.join('\n')}\n`,
  };
  return { body, reason, files: [people] };
}

/** States of Discord's job that stores for whom an invite is. */
const COMPLETED = 2;
const FAILED = 3;

/** Discord does not bind an invite to people here; one for everybody it may still make. */
export class InviteNotBound extends DiscordFailure {
  override readonly name = 'DiscordFailure';
}

/**
 * Waits until Discord has stored for whom an invite is.
 * @throws InviteNotBound when that failed; DiscordFailure when it takes longer than 5 s.
 */
export async function targetUsersReady(readJob: () => Promise<{ readonly status: number }>): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE;
  for (let pause = 50; ; pause = Math.min(pause * 2, 1_000)) {
    const { status } = await readJob();
    if (status === COMPLETED) return;
    const asked = 'Discord was to store for whom an invite is; that';
    if (status === FAILED) throw new InviteNotBound('transient', `${asked} failed.`, { status: 200, code: null });
    if (Date.now() + pause > giveUpAt) {
      throw new DiscordFailure('transient', `${asked} took longer than ${PATIENCE / 1000} s.`, {
        status: 200,
        code: null,
      });
    }
    await delay(pause);
  }
}
