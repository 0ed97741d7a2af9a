import { createHash } from 'node:crypto';
import { Controller, HttpCode, HttpException, Post, type RawBodyRequest, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import * as z from 'zod';
import { Public } from '../common/access';
import { ApiProblems, EXAMPLE, example, jsonSchema } from '../openapi/described';
import { EnrollmentIntake, EventsNotTaken } from './enrollment-intake';
import { ENROLLMENT_EVENT, type EventProblem, MAX_EVENTS, readEvents } from './enrollment-event';
import { PlatformSignature } from './platform-signature';

const LONGEST_ID = 256;

const CREATED = {
  type: 'enrollment.created',
  timestamp: '2026-01-31T17:00:00Z',
  data: {
    userId: EXAMPLE.student,
    courseId: EXAMPLE.course,
    expiresAt: null,
    user: { displayName: 'Ayu Lestari' },
    course: { title: 'Logic', instructorId: '00000000-0000-4000-8000-000000000003' },
  },
};

const TAKEN = z.object({
  accepted: z.int(),
  applied: z.int(),
  results: z.array(z.enum(['applied', 'superseded'])).meta({
    description: 'For each event, in order. superseded: something newer is known of this user and course.',
  }),
});

@ApiTags('platform')
@Controller('api/discord')
export class EnrollmentWebhookController {
  constructor(
    private readonly signature: PlatformSignature,
    private readonly intake: EnrollmentIntake,
  ) {}

  /** Public, since the signature says who is calling. */
  @Post('enrollment-changed')
  @HttpCode(202)
  @Public()
  @ApiOperation({
    summary: 'What happened to enrollments, signed by Standard Webhooks. All events are taken, or none.',
    description:
      'A delivery is taken once: a repeat of its webhook-id is answered as the first was. See docs/webhooks.md.',
  })
  @ApiHeader({ name: 'webhook-id', required: true, description: 'The same when a delivery is repeated.' })
  @ApiHeader({
    name: 'webhook-timestamp',
    required: true,
    description: 'Seconds since 1970, five minutes from now at most.',
  })
  @ApiHeader({
    name: 'webhook-signature',
    required: true,
    description: 'v1, and the HMAC-SHA256 of id.timestamp.body.',
  })
  @ApiBody({
    schema: {
      oneOf: [
        jsonSchema(ENROLLMENT_EVENT),
        { type: 'array', minItems: 1, maxItems: MAX_EVENTS, items: jsonSchema(ENROLLMENT_EVENT) },
      ],
    },
    examples: {
      one: example(202, 'Somebody has enrolled', CREATED),
      several: example(202, 'Two things that happened', [
        CREATED,
        {
          type: 'enrollment.deleted',
          timestamp: '2026-02-01T09:30:00Z',
          data: { userId: EXAMPLE.student, courseId: EXAMPLE.course },
        },
      ]),
      wrong: example(400, 'A type that does not exist', { ...CREATED, type: 'enrollment.paused' }),
      undescribed: example(422, 'A course that is not known, and not described', {
        ...CREATED,
        data: { userId: EXAMPLE.student, courseId: EXAMPLE.unknown },
      }),
      badSignature: example(401, 'With a wrong signature', CREATED),
    },
  })
  @ApiResponse({ status: 202, description: 'Taken.', schema: jsonSchema(TAKEN, 'output') })
  @ApiProblems({
    400: 'BAD_USER_INPUT: not JSON, or events that are not as they should be; each is named.',
    401: 'UNAUTHENTICATED: the signature is missing, wrong or too old.',
    409: 'CONFLICT: the webhook-id was used for another body.',
    413: 'BAD_USER_INPUT: more than a megabyte.',
    415: 'BAD_USER_INPUT: not application/json.',
    422: 'BAD_USER_INPUT: users or courses that are not known and cannot be created; each event is named.',
    429: 'RATE_LIMITED: too many calls from this address within a minute; Retry-After says when to go on.',
  })
  async enrollmentChanged(@Req() request: RawBodyRequest<Request>, @Res() response: Response): Promise<void> {
    if (!request.is('application/json')) throw refusal(415, 'Send the events as application/json.');
    const body = request.rawBody?.toString('utf8') ?? '';
    const id = this.signature.verify(request.headers, body);
    if (id.length > LONGEST_ID)
      throw refusal(400, `webhook-id may have ${LONGEST_ID} characters; it has ${id.length}.`);

    const list = parsed(body);
    if (list.length === 0 || list.length > MAX_EVENTS)
      throw refusal(400, `Send 1 to ${MAX_EVENTS} events in one call; these are ${list.length}.`);
    const read = readEvents(list);
    if ('problems' in read)
      throw refusal(400, 'Some events are not as they should be. Nothing was stored.', read.problems);

    try {
      const answer = await this.intake.take(id, createHash('sha256').update(body).digest('hex'), read.events);
      response.type('application/json').send(answer);
    } catch (error) {
      throw error instanceof EventsNotTaken ? refusal(422, error.message, error.problems) : error;
    }
  }
}

/** The events as a list, also one that was sent alone. */
function parsed(body: string): readonly unknown[] {
  try {
    const sent: unknown = JSON.parse(body);
    return Array.isArray(sent) ? sent : [sent];
  } catch {
    throw refusal(400, 'The body is not JSON.');
  }
}

/** A refusal that the problem filter writes down, with what is wrong with which event. */
function refusal(statusCode: number, message: string, errors?: readonly EventProblem[]): HttpException {
  return new HttpException({ statusCode, message, ...(errors && { errors }) }, statusCode);
}
