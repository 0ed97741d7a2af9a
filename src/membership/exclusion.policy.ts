/** What people decided against one membership. Only course staff lifts it, for their course. */
export interface Exclusion {
  /** By course staff, which concerns the one course, or by a moderator. */
  readonly removedByStaff: boolean;
  /** A moderator kicked or banned the person in Discord, which concerns every course in the server. */
  readonly removedByModerator: boolean;
  readonly banned: boolean;
}

/**
 * Why people keep somebody out; null: nobody does. A ban says most: whatever course staff decides, Discord itself refuses the
 * person until a moderator lifts it.
 */
export function exclusionOf({
  banned,
  removedByStaff,
}: Pick<Exclusion, 'banned' | 'removedByStaff'>): 'BANNED' | 'REMOVED_BY_STAFF' | null {
  if (banned) return 'BANNED';
  return removedByStaff ? 'REMOVED_BY_STAFF' : null;
}

export function isExcluded(exclusion: Pick<Exclusion, 'banned' | 'removedByStaff'>): boolean {
  return exclusionOf(exclusion) !== null;
}

/**
 * What a moderator did to a user of a server: to be joined where a membership is made for another of its courses, which it
 * concerns too. As `moderated`, with `removed` and `banned`.
 */
export const moderatedOf = (userId: string, guildId: string): string => `LATERAL (
  SELECT coalesce(bool_or(o.removed_by_moderator), false) AS removed,
    coalesce(bool_or(o.banned), false) AS banned
  FROM discord_memberships o WHERE o.user_id = ${userId} AND o.guild_id = ${guildId}) moderated`;
