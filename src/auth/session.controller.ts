import { Controller, Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { Allow, Public } from '../common/access';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { ApiProblems } from '../openapi/described';
import { CurrentCaller } from './current-caller';
import { Sessions } from './sessions';

/** Signing in to the web UI with the platform's token, and out of it. */
@ApiTags('sessions')
@Controller('auth/session')
export class SessionController {
  constructor(private readonly sessions: Sessions) {}

  /** The bearer token becomes a cookie that no script can read. The session ends with the token, and after 12 hours at the latest. */
  @Post()
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Signs in to the pages of this service: the bearer token becomes a cookie.' })
  @ApiResponse({ status: 200, description: '{"expiresAt": "…"}, with the cookie.' })
  @ApiProblems({ 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN: a service account has no session.' })
  @HttpCode(200)
  @Allow('STUDENT', 'INSTRUCTOR', 'ADMIN')
  async open(
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ expiresAt: string }> {
    // A session must not prolong itself.
    if (!request.headers.authorization || caller.role === 'SERVICE') {
      throw new DomainError('UNAUTHENTICATED', 'Sign in first: send "Authorization: Bearer <access token>".');
    }
    const { expiresAt, setCookie } = await this.sessions.open(
      caller.userId,
      caller.role,
      caller.expiresAt,
      request.headers,
    );
    response.set('Cache-Control', 'no-store').append('Set-Cookie', setCookie);
    return { expiresAt: expiresAt.toISOString() };
  }

  /** Signs out, also with a session that has ended by itself. */
  @Delete()
  @ApiOperation({ summary: 'Signs out.' })
  @ApiResponse({ status: 204, description: 'The cookie is gone, also when its session had ended by itself.' })
  @ApiProblems({ 403: 'FORBIDDEN: asked neither by a page of this service nor with the header of a program.' })
  @HttpCode(204)
  @Public()
  async close(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const setCookie = await this.sessions.signOut(request.method, request.headers);
    response.set('Cache-Control', 'no-store').append('Set-Cookie', setCookie);
  }
}
