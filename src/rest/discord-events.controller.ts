import { Controller, Post, type RawBodyRequest, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import * as z from 'zod';
import { Connections } from '../auth/connections';
import { Public } from '../common/access';
import { INSTANT } from '../common/instant';
import { ApiProblems, example, jsonSchema } from '../openapi/described';
import { DiscordSignature } from './discord-signature';
import { read } from './rest-shapes';

/** https://docs.discord.com/developers/events/webhook-events#webhook-event-payloads */
const PAYLOAD = z.object({
  type: z.int().meta({ description: '0: PING. 1: an event.' }),
  event: z.object({ type: z.string(), timestamp: INSTANT, data: z.unknown().optional() }).optional(),
});
const DEAUTHORIZED = z.object({ user: z.object({ id: z.string() }) });

/** What Discord itself tells the application, by HTTP and apart from the gateway. */
@ApiTags('Discord')
@Controller('api/discord')
export class DiscordEventsController {
  constructor(
    private readonly signature: DiscordSignature,
    private readonly connections: Connections,
  ) {}

  /** Public, since the signature says who is calling. Whatever is not 204 within three seconds is sent again. */
  @Post('events')
  @Public()
  @ApiOperation({ summary: "Discord's webhook events: the Endpoint URL of the Developer Portal." })
  @ApiHeader({
    name: 'X-Signature-Ed25519',
    required: true,
    description: 'Over the timestamp and the body, hexadecimal.',
  })
  @ApiHeader({ name: 'X-Signature-Timestamp', required: true })
  @ApiBody({
    schema: jsonSchema(PAYLOAD),
    examples: {
      ping: example(204, 'PING', { version: 1, application_id: '1000000000000000001', type: 0 }),
      deauthorized: example(204, 'Somebody has removed the application from their account', {
        version: 1,
        application_id: '1000000000000000001',
        type: 1,
        event: {
          type: 'APPLICATION_DEAUTHORIZED',
          timestamp: '2026-01-31T17:00:00.000000+00:00',
          data: { user: { id: '1000000000000000002', username: 'ayu' } },
        },
      }),
      badSignature: example(401, 'With a wrong signature', {
        version: 1,
        application_id: '1000000000000000001',
        type: 0,
      }),
    },
  })
  @ApiResponse({ status: 204, description: 'Taken, also when it tells nothing that matters here.' })
  @ApiProblems({ 400: 'BAD_USER_INPUT', 401: 'UNAUTHENTICATED: the signature is missing or wrong.' })
  async take(@Req() request: RawBodyRequest<Request>, @Res() response: Response): Promise<void> {
    const { 'x-signature-ed25519': signature, 'x-signature-timestamp': timestamp } = request.headers;
    this.signature.verify(signature, timestamp, request.rawBody ?? Buffer.alloc(0));
    const { event } = read(PAYLOAD, request.body);
    if (event?.type === 'APPLICATION_DEAUTHORIZED') {
      const { user } = read(DEAUTHORIZED, event.data);
      await this.connections.markDeauthorized(user.id, new Date(event.timestamp));
    }
    // Discord wants the header although there is no body.
    response.status(204).setHeader('content-type', 'application/json');
    response.end();
  }
}
