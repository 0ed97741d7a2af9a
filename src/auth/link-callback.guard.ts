import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { InternalOAuthError } from 'passport-oauth2';
import { z } from 'zod';
import { DomainError } from '../common/domain-error';
import { DiscordFailure } from '../discord-api/discord-failure';
import { OAuthRefused } from '../discord-api/oauth-refused';
import { LinkCancelled } from './link.errors';
import { type LinkedUser, type LinkRequest } from './link-request';

const answerShape = z.object({ code: z.string().min(1).max(2_000), state: z.string().min(1).max(4_000) });

/** Hands Discord's answer (`code` and `state`, or an `error`) to Passport, and names what goes wrong. */
@Injectable()
export class LinkCallbackGuard extends AuthGuard('discord') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<LinkRequest>();
    const answer: unknown = request.method === 'GET' ? request.query : request.body;
    if (typeof answer === 'object' && answer !== null && 'error' in answer) {
      if (answer.error === 'access_denied') throw new LinkCancelled();
      throw new DomainError('BAD_USER_INPUT', 'Discord did not allow this sign-in. Start linking again.');
    }
    // Without a code Passport would start a sign-in of its own.
    if (!answerShape.safeParse(answer).success) {
      throw new DomainError(
        'BAD_USER_INPUT',
        'The "code" and "state" that Discord sends are missing. Start linking again.',
      );
    }
    return (await super.canActivate(context)) as boolean;
  }

  override handleRequest<User = LinkedUser>(error: unknown, user: User | false | null): User {
    if (error) throw asRefusal(error instanceof InternalOAuthError ? (error.oauthError as unknown) : error);
    if (!user) throw new DomainError('BAD_USER_INPUT', 'Discord did not allow this sign-in. Start linking again.');
    return user;
  }
}

function asRefusal(error: unknown): unknown {
  if (error instanceof OAuthRefused) {
    return new DomainError(
      'BAD_USER_INPUT',
      'Discord did not accept the sign-in code: it may have expired or been used already. Start linking again.',
    );
  }
  if (error instanceof DiscordFailure) {
    return new DomainError(
      'DISCORD_UNAVAILABLE',
      'Discord cannot be reached at the moment. Start linking again later.',
    );
  }
  return error;
}
