import { type AccountResult } from './account-run';
import { type MembershipRow } from './account-view';
import { type Claim, type ClaimedInvite } from './claim.policy';

/** An invite with its link. */
type KeptInvite = Omit<ClaimedInvite, 'isHalfRevoked'> & { readonly link: string | null };

/** Made for this membership and not taken back, as where nothing is done for now: it can be used, so it must not be forgotten. */
export function inviteStillOpen(row: MembershipRow, all: readonly AccountResult[], now: Date): KeptInvite | null {
  const made = all.flatMap(({ invite }) => (invite?.membershipId === row.id ? [invite] : []))[0];
  const { inviteCode: code, inviteLink: link, inviteExpiresAt: expiresAt } = row;
  const last = made ?? (code === null || expiresAt === null ? null : { code, link, expiresAt });
  return last && last.expiresAt > now && !isTakenBack(last.code, all) ? last : null;
}

export function isTakenBack(code: string | null, results: readonly AccountResult[]): boolean {
  return results.some(({ effects }) => effects.some(({ step }) => step.type === 'revoke-invite' && step.code === code));
}

/** The invite by which the student can come in: one that is open serves every course of theirs in the server. */
export function inviteFor(claim: Claim | undefined, { view, invite }: AccountResult, now: Date): KeptInvite | null {
  const own = claim?.invite ?? null;
  const kept = [own, ...view.claims.map((other) => other.invite)].find((one) => one && one.expiresAt > now) ?? own;
  if (!kept) return null;
  const link =
    invite?.code === kept.code ? invite.link : view.rows.find((row) => row.inviteCode === kept.code)?.inviteLink;
  return { ...kept, link: link ?? null };
}
