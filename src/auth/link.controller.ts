import { Controller, Get, HttpCode, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { Allow, Public } from '../common/access';
import { type Caller } from '../common/caller';
import { ApiProblems, example } from '../openapi/described';
import { CurrentCaller } from './current-caller';
import { LinkCallbackFilter } from './link-callback.filter';
import { LinkCallbackGuard } from './link-callback.guard';
import { LinkReplies } from './link-replies';
import { type LinkedUser } from './link-request';
import { LinkStart } from './link-start';
import { SESSION_LIFETIME, Sessions } from './sessions';

/** Linking a Discord account without GraphQL, and the addresses to which Discord sends people back. */
@ApiTags('linking')
@Controller()
export class LinkController {
  constructor(
    private readonly linkStart: LinkStart,
    private readonly replies: LinkReplies,
    private readonly sessions: Sessions,
  ) {}

  /** Sends somebody whose Discord account is linked to Discord, to sign in with it. */
  @Get('auth/discord/sign-in')
  @ApiOperation({ summary: 'Sends somebody whose Discord account is linked to Discord, to sign in with it.' })
  @ApiQuery({ name: 'returnTo', required: false, schema: { type: 'string' }, description: 'Where to go afterwards.' })
  @ApiResponse({ status: 302, description: 'To Discord, with the cookie that binds the browser.' })
  @Public()
  async signIn(@Query('returnTo') returnTo: unknown, @Res() response: Response): Promise<void> {
    const { authorizeUrl, setCookie } = await this.linkStart.startSignIn(
      typeof returnTo === 'string' ? returnTo : null,
    );
    response.set('Cache-Control', 'no-store').append('Set-Cookie', setCookie).redirect(302, authorizeUrl);
  }

  /** Sends a signed-in person to Discord's consent page. `autoJoin=false` and `servers=true` as in `startDiscordLink`. */
  @Get('auth/discord')
  @ApiBearerAuth()
  @ApiOperation({ summary: "Sends a signed-in person to Discord's consent page." })
  @ApiQuery({ name: 'returnTo', required: false, schema: { type: 'string' }, description: 'Where to go afterwards.' })
  @ApiQuery({ name: 'autoJoin', required: false, schema: { type: 'boolean', default: true } })
  @ApiQuery({ name: 'servers', required: false, schema: { type: 'boolean', default: false } })
  @ApiResponse({ status: 302, description: 'To Discord, with the cookie that binds the browser.' })
  @Allow('STUDENT', 'INSTRUCTOR', 'ADMIN')
  async start(
    @CurrentCaller() caller: Caller,
    @Query('returnTo') returnTo: unknown,
    @Query('autoJoin') autoJoin: unknown,
    @Query('servers') servers: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const options = {
      returnTo: typeof returnTo === 'string' ? returnTo : null,
      autoJoin: autoJoin !== 'false',
      servers: servers === 'true',
    };
    const { authorizeUrl, setCookie } = await this.linkStart.start(caller, options, request.headers.cookie);
    response.set('Cache-Control', 'no-store').append('Set-Cookie', setCookie).redirect(302, authorizeUrl);
  }

  /** Where Discord sends the browser back to, after linking or signing in: the cookie says whose browser it is. */
  @Get('auth/discord/callback')
  @ApiOperation({ summary: 'Where Discord sends the browser back to, with code and state.' })
  @ApiResponse({ status: 200, description: 'A page for the person, or a redirect to returnTo.' })
  @Public()
  @UseGuards(LinkCallbackGuard)
  @UseFilters(LinkCallbackFilter)
  async finish(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { discordUsername, returnTo, signedIn } = request.user as LinkedUser;
    if (signedIn) {
      const until = Math.floor(Date.now() / 1000) + SESSION_LIFETIME;
      const session = await this.sessions.open(signedIn.userId, signedIn.role, until, request.headers);
      response
        .set('Cache-Control', 'no-store')
        .append('Set-Cookie', session.setCookie)
        .redirect(302, returnTo ?? '/');
      return;
    }
    this.replies.send(response, returnTo, {
      outcome: 'connected',
      title: 'Discord is connected',
      text: `Your Discord account ${discordUsername} is connected. You can close this window.`,
    });
  }

  /** For front ends on another site, where the cookie does not reach: the bearer token says who finishes. */
  @Post('oauth/callback')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Finishes linking for a front end on another site.' })
  @ApiBody({
    schema: {
      type: 'object',
      properties: { code: { type: 'string' }, state: { type: 'string' } },
      required: ['code', 'state'],
    },
    examples: { wrong: example(400, 'A state that was not made here', { code: 'code', state: 'state' }) },
  })
  @ApiResponse({ status: 200, description: '{"success": true}' })
  @ApiProblems({ 400: 'BAD_USER_INPUT: the state is not of this caller, or too old.', 401: 'UNAUTHENTICATED' })
  @HttpCode(200)
  @Allow('STUDENT', 'INSTRUCTOR', 'ADMIN')
  @UseGuards(LinkCallbackGuard)
  finishForCaller(): { success: true } {
    return { success: true };
  }
}
