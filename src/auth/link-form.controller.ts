import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import * as z from 'zod';
import { Public } from '../common/access';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config } from '../config/config';
import { mayHandOff } from './hand-off.policy';
import { LinkStart } from './link-start';
import { allowedReturnTo, withOutcome } from './return-to.policy';
import { TokenVerifier } from './token-verifier';

/** As a form sends it: everything is text. */
const FORM = z.object({
  token: z.string().min(1),
  returnTo: z.string(),
  autoJoin: z.enum(['true', 'false']).default('true'),
  servers: z.enum(['true', 'false']).default('false'),
});

/** Linking that begins on a page of the platform, which may be of another site. */
@ApiTags('linking')
@Controller()
export class LinkFormController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly verifier: TokenVerifier,
    private readonly linkStart: LinkStart,
  ) {}

  /**
   * A form of the platform's page posts its user's token here, and the browser goes on to Discord. The cookie that binds
   * the browser is then set by the page that is shown, which browsers allow; the answer to a script of another site may
   * set none. Nobody is signed in here by it. As with the hand-off, only origins of CORS_ORIGINS may.
   */
  @Post('auth/discord')
  @ApiOperation({ summary: "Sends the platform's user to Discord's consent page, by a form of the platform's page." })
  @ApiBody({
    schema: {
      type: 'object',
      properties: {
        token: { type: 'string', description: "The platform's token of the user." },
        returnTo: { type: 'string', description: 'The page to return to: of this service, or of CORS_ORIGINS.' },
        autoJoin: { type: 'string', enum: ['true', 'false'], default: 'true' },
        servers: { type: 'string', enum: ['true', 'false'], default: 'false' },
      },
      required: ['token', 'returnTo'],
    },
  })
  @ApiResponse({ status: 303, description: 'To Discord with the cookie, or back to returnTo, which is told why not.' })
  @HttpCode(303)
  @Public()
  async start(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { publicUrl, corsOrigins } = this.config;
    response.set('Cache-Control', 'no-store');
    let back: string | null = null;
    try {
      if (!mayHandOff(request.headers.origin, publicUrl, corsOrigins)) {
        throw new DomainError('FORBIDDEN', 'Only pages of this service and of CORS_ORIGINS may begin this.');
      }
      const form = FORM.safeParse(body);
      if (!form.success) throw new DomainError('BAD_USER_INPUT', 'The form needs a token and a returnTo.');
      const { token, returnTo, autoJoin, servers } = form.data;
      back = allowedReturnTo(returnTo, publicUrl, corsOrigins);
      const caller = await this.verifier.verify(token);
      if (caller.role === 'SERVICE') throw new DomainError('FORBIDDEN', 'A service account has no Discord account.');
      const options = { returnTo, autoJoin: autoJoin === 'true', servers: servers === 'true' };
      const { authorizeUrl, setCookie } = await this.linkStart.start(caller, options, request.headers.cookie);
      response.append('Set-Cookie', setCookie).redirect(303, authorizeUrl);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const signIn = new URL(`/sign-in?problem=${error.code}`, publicUrl).href;
      response.redirect(303, back === null ? signIn : withOutcome(back, 'error', error.code));
    }
  }
}
