import { createHash } from 'node:crypto';
import { Controller, HttpCode, HttpException, Post, type RawBodyRequest, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Public } from '../common/access';
import { EnrollmentIntake, EventsNotTaken } from './enrollment-intake';
import { type EventProblem, MAX_EVENTS, readEvents } from './enrollment-event';
import { PlatformSignature } from './platform-signature';

const LONGEST_ID = 256;

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
