import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import * as z from 'zod';
import { Public } from '../common/access';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config, type DemoPersonCard } from '../config/config';
import { ApiProblems } from '../openapi/described';
import { isLoopback, mayHandOff } from './hand-off.policy';
import { isOfOwnPage } from './own-page.policy';
import { allowedReturnTo } from './return-to.policy';
import { SESSION_LIFETIME, Sessions } from './sessions';
import { TokenVerifier } from './token-verifier';

const HAND_OFF = z.object({ token: z.string().min(1), returnTo: z.string().default('/') });
const CONTINUE_AS = z.object({ userId: z.guid() });

/** What the sign-in page offers. */
interface WaysIn {
  /** Whether people can sign in with a Discord account that they have linked. */
  readonly discord: boolean;
  readonly demo: readonly DemoPersonCard[];
}

/** The ways to a session of the web pages, beside the token that a program presents ({@link SessionController}). */
@ApiTags('sessions')
@Controller('auth')
export class SignInController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly verifier: TokenVerifier,
    private readonly sessions: Sessions,
  ) {}

  @Get('ways-in')
  @ApiOperation({ summary: 'What the sign-in page offers.' })
  @ApiResponse({ status: 200, description: '{"discord": true, "demo": []}' })
  @Public()
  waysIn(@Req() request: Request): WaysIn {
    return { discord: this.config.discord.clientId !== '', demo: this.demoFor(request) };
  }

  /**
   * A form of the platform's page posts its user's token here, and the browser goes on, signed in. By POST, so that the
   * token stands in no address, history or log; only from origins of CORS_ORIGINS, so that nobody else can sign
   * people in as somebody whom they are not.
   */
  @Post('hand-off')
  @ApiOperation({ summary: "Signs in with the platform's token, posted by a form of the platform's page." })
  @ApiBody({
    schema: {
      type: 'object',
      properties: { token: { type: 'string' }, returnTo: { type: 'string', default: '/' } },
      required: ['token'],
    },
  })
  @ApiResponse({ status: 303, description: 'To returnTo with the cookie, or to the sign-in page, which says why not.' })
  @HttpCode(303)
  @Public()
  async handOff(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { publicUrl, corsOrigins } = this.config;
    response.set('Cache-Control', 'no-store');
    try {
      if (!mayHandOff(request.headers.origin, publicUrl, corsOrigins)) {
        throw new DomainError('FORBIDDEN', 'Only pages of this service and of CORS_ORIGINS may sign people in.');
      }
      const { token, returnTo } = read(HAND_OFF, body);
      const caller = await this.verifier.verify(token);
      if (caller.role === 'SERVICE') throw new DomainError('FORBIDDEN', 'A service account has no session.');
      const target = allowedReturnTo(returnTo, publicUrl, []);
      const session = await this.sessions.open(caller.userId, caller.role, caller.expiresAt, request.headers);
      response.append('Set-Cookie', session.setCookie).redirect(303, target);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      response.redirect(303, new URL(`/sign-in?problem=${error.code}`, publicUrl).href);
    }
  }

  /** "Continue as" of the demo. */
  @Post('demo-session')
  @ApiOperation({ summary: 'Signs in as one of the people of the demo, from the machine that runs it.' })
  @ApiBody({ schema: { type: 'object', properties: { userId: { type: 'string' } }, required: ['userId'] } })
  @ApiResponse({ status: 204, description: 'Signed in, with the cookie.' })
  @ApiProblems({ 400: 'BAD_USER_INPUT', 403: 'FORBIDDEN: not asked by a page of this service.', 404: 'NOT_FOUND' })
  @HttpCode(204)
  @Public()
  async continueAs(
    @Body() body: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    if (!isOfOwnPage(request.method, request.headers, new URL(this.config.publicUrl).origin)) {
      throw new DomainError('FORBIDDEN', 'Only the sign-in page of this service may ask for this.');
    }
    const { userId } = read(CONTINUE_AS, body);
    const person = this.demoFor(request).find(({ id }) => id === userId);
    if (!person) throw new DomainError('NOT_FOUND', 'There is nobody of the demo with this id.');
    const until = Math.floor(Date.now() / 1000) + SESSION_LIFETIME;
    const { setCookie } = await this.sessions.open(person.id, person.role, until, request.headers);
    response.set('Cache-Control', 'no-store').append('Set-Cookie', setCookie);
  }

  /** The demo is for whoever sits at this machine, not for everybody in its network. */
  private demoFor(request: Request): readonly DemoPersonCard[] {
    return isLoopback(request.socket.remoteAddress) ? this.config.demoPeople : [];
  }
}

/** @throws DomainError BAD_USER_INPUT */
function read<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DomainError('BAD_USER_INPUT', `"${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'is not valid'}`);
}
