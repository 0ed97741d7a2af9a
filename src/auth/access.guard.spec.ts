import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import { type Config } from '../config/config';
import { AccessGuard } from './access.guard';
import { Authenticator } from './authenticator';
import { TokenVerifier } from './token-verifier';

const verifier = new TokenVerifier({ jwt: {} } as Partial<Config> as Config);
const guard = new AccessGuard(new Reflector(), new Authenticator(verifier));

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
