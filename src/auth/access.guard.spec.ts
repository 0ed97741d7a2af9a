import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import { type Config } from '../config/config';
import { AccessGuard } from './access.guard';
import { Authenticator } from './authenticator';
import { Sessions } from './sessions';
import { TokenVerifier } from './token-verifier';

const config = { jwt: {}, publicUrl: 'http://localhost' } as Partial<Config> as Config;
// Nobody here brings a session, so nothing is asked of the database.
const sessions = new Sessions(config, undefined as never, undefined as never);
const guard = new AccessGuard(new Reflector(), new Authenticator(new TokenVerifier(config), sessions));

class Handlers {
  forgotten(): void {
    return;
  }
}

function contextOf(type: string, ...args: unknown[]): ExecutionContextHost {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- Nest's own contexts hold handlers unbound
  const context = new ExecutionContextHost(args, Handlers, Handlers.prototype.forgotten);
  context.setType(type);
  return context;
}

describe('The global guard', () => {
  it('leaves commands and events of the bot alone: Discord has signed those people in', async () => {
    await expect(guard.canActivate(contextOf('necord'))).resolves.toBe(true);
  });

  it('refuses a handler that says nothing about access', async () => {
    const request = { headers: {} };
    await expect(guard.canActivate(contextOf('http', request))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('refuses what a subscription starts after its token has ended', async () => {
    const caller = { userId: 'x', role: 'ADMIN', claims: {}, expiresAt: Date.now() / 1000 - 1 };
    const context = contextOf('graphql', {}, {}, { caller }, {});
    await expect(guard.canActivate(context)).rejects.toThrow(/expired/);
  });
});
