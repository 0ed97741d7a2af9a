import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/domain-error';
import { Database } from '../database/database';
import { type EnrollmentEvent } from './enrollment-event';

/** Why an event cannot be taken although it is well formed. */
const PROBLEMS = {
  UNKNOWN_USER: {
    pointer: '/data/userId',
    detail: 'There is no such user, and users are created by the platform only. Create the user first.',
  },
  UNKNOWN_COURSE: {
    pointer: '/data/courseId',
    detail: 'There is no such course, and courses are created by the platform only. Create the course first.',
  },
  UNDESCRIBED_COURSE: {
    pointer: '/data/course',
    detail: 'There is no such course yet. Send data.course {title, instructorId}, and it is created.',
  },
  NO_EXPIRY_COLUMN: {
    pointer: '/data/expiresAt',
    detail: 'The table course_enrollments has no column expires_at. Send enrollment.deleted when access ends.',
  },
} as const;

/** Well-formed events that do not fit what is there. Nothing was stored. */
export class EventsNotTaken extends Error {
  override readonly name = 'EventsNotTaken';

  constructor(
    readonly problems: readonly { readonly index: number; readonly pointer: string; readonly detail: string }[],
  ) {
    super(`${problems.length === 1 ? 'An event does' : 'Some events do'} not fit what is there. Nothing was stored.`);
  }
}

/** Puts the platform's events into its enrollment table; from there on its triggers do what they do for every writer. */
@Injectable()
export class EnrollmentIntake {
  constructor(private readonly database: Database) {}

  /**
   * Takes all events or none, each delivery once: a repeat, also one that comes meanwhile, gets the first one's answer.
   * @param bodyHash by which another body under the same id is told from a repeat
   * @returns the answer, JSON
   * @throws EventsNotTaken; DomainError CONFLICT when the id was used for another body.
   */
  take(webhookId: string, bodyHash: string, events: readonly EnrollmentEvent[]): Promise<string> {
    return this.database.write(async (manager) => {
      // Waits for whoever has the same delivery in hand.
      const claimed = await manager.query<unknown[]>(
        `INSERT INTO discord_enrollment_deliveries (webhook_id, body_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1`,
        [webhookId, bodyHash],
      );
      if (claimed.length === 0) return this.answerTo(webhookId, bodyHash, manager.query.bind(manager));
      const outcomes = await manager.query<{ index: number; outcome: string }[]>(
        'SELECT index, outcome FROM discord_take_enrollments($1::jsonb)',
        [JSON.stringify(events.map(asRow))],
      );
      const problems = outcomes.flatMap(({ index, outcome }) =>
        outcome in PROBLEMS ? [{ index, ...PROBLEMS[outcome as keyof typeof PROBLEMS] }] : [],
      );
      if (problems.length > 0) throw new EventsNotTaken(problems.sort((a, b) => a.index - b.index));
      const answer = JSON.stringify({
        accepted: events.length,
        applied: outcomes.filter(({ outcome }) => outcome === 'applied').length,
        results: outcomes.map(({ outcome }) => outcome),
      });
      await manager.query('UPDATE discord_enrollment_deliveries SET answer = $2 WHERE webhook_id = $1', [
        webhookId,
        answer,
      ]);
      return answer;
    });
  }

  private async answerTo(
    webhookId: string,
    bodyHash: string,
    query: (text: string, values: unknown[]) => Promise<{ bodyHash: string; answer: string }[]>,
  ): Promise<string> {
    const [first] = await query(
      'SELECT body_hash AS "bodyHash", answer FROM discord_enrollment_deliveries WHERE webhook_id = $1',
      [webhookId],
    );
    if (first?.bodyHash !== bodyHash) {
      throw new DomainError(
        'CONFLICT',
        'This webhook-id was used for another body. Give every message an id of its own.',
      );
    }
    return first.answer;
  }
}

function asRow({ type, timestamp, data }: EnrollmentEvent, index: number): Record<string, unknown> {
  return {
    index,
    type,
    occurred_at: timestamp,
    user_id: data.userId,
    course_id: data.courseId,
    expires_at: data.expiresAt,
    display_name: data.user?.displayName,
    title: data.course?.title,
    instructor_id: data.course?.instructorId,
  };
}
