import { type EntityManager } from 'typeorm';

interface Asked {
  readonly userId: string;
  readonly courseId: string;
  readonly guildId: string;
}

/**
 * These memberships are asked for: by the student, or by staff, which lifts whatever people decided against them.
 * @param how.runId the run that counts them until each is as it should be
 */
export async function askFor(
  manager: EntityManager,
  ids: readonly string[],
  how: { readonly byStaff: boolean; readonly runId?: string },
): Promise<Asked[]> {
  const [asked] = await manager.query<[Asked[], number]>(
    `UPDATE discord_memberships SET requested = true, left_by_choice = false, run_id = coalesce($3, run_id),
       removed_by_staff = removed_by_staff AND NOT $2, removed_by_moderator = removed_by_moderator AND NOT $2, banned = banned AND NOT $2,
       staff_invited_at = CASE WHEN $2 THEN clock_timestamp() ELSE staff_invited_at END,
       -- Whoever asks to come in says that they have not left.
       removal_state = CASE WHEN ended_at IS NOT NULL AND NOT $2 THEN removal_state END,
       removal_run_id = CASE WHEN NOT $2 THEN removal_run_id END,
       -- An expired invite is forgotten, so that a new one is made; one that can still be used stays.
       invite_code = CASE WHEN invite_expires_at > now() THEN invite_code END,
       invite_link = CASE WHEN invite_expires_at > now() THEN invite_link END,
       invite_expires_at = CASE WHEN invite_expires_at > now() THEN invite_expires_at END
     WHERE id = ANY($1::uuid[]) RETURNING user_id AS "userId", course_id AS "courseId", guild_id AS "guildId"`,
    [ids, how.byStaff, how.runId ?? null],
  );
  return asked;
}
