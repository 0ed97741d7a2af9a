import { Controller, Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Allow, Public } from '../common/access';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { CurrentCaller } from './current-caller';
import { Sessions } from './sessions';

/** Signing in to the web UI with the platform's token, and out of it. */
@Controller('auth/session')
export class SessionController {
  constructor(private readonly sessions: Sessions) {}

  /** The bearer token becomes a cookie that no script can read. The session ends with the token, and after 12 hours at the latest. */
  @Post()
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
  @HttpCode(204)
  @Public()
  async close(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const setCookie = await this.sessions.signOut(request.method, request.headers);
    response.set('Cache-Control', 'no-store').append('Set-Cookie', setCookie);
  }
}
