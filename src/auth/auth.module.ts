import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { AUTHENTICATE, type Authenticate } from '../graphql/authenticate';
import { OpenSocketsModule } from '../graphql/open-sockets';
import { AccessGuard } from './access.guard';
import { Authenticator } from './authenticator';
import { Connections } from './connections';
import { DiscordConnectionsReader } from './discord-connections.reader';
import { DiscordStrategy } from './discord.strategy';
import { LinkCallbackFilter } from './link-callback.filter';
import { LinkCallbackGuard } from './link-callback.guard';
import { LinkReplies } from './link-replies';
import { LinkStart } from './link-start';
import { LinkStates } from './link-states';
import { LinkController } from './link.controller';
import { LinkFormController } from './link-form.controller';
import { LinkResolver } from './link.resolver';
import { LinkedPeople } from './linked-people';
import { Linking } from './linking';
import { SessionController } from './session.controller';
import { SignInController } from './sign-in.controller';
import { Sessions } from './sessions';
import { TokenRevocation } from './token-revocation';
import { TokenVault } from './token-vault';
import { TokenVerifier } from './token-verifier';
import { UserSettings } from './user-settings';
import { ViewerResolver } from './viewer.resolver';

/** Who is calling, and which Discord account is theirs. */
@Global()
@Module({
  imports: [PassportModule.register({ session: false }), OpenSocketsModule],
  controllers: [LinkController, LinkFormController, SessionController, SignInController],
  providers: [
    TokenVerifier,
    Sessions,
    Authenticator,
    AccessGuard,
    { provide: APP_GUARD, useExisting: AccessGuard },
    {
      provide: AUTHENTICATE,
      inject: [Authenticator],
      useFactory:
        (authenticator: Authenticator): Authenticate =>
        (authorization, method, headers) =>
          authenticator.authenticate(authorization, method, headers),
    },
    TokenVault,
    TokenRevocation,
    Connections,
    DiscordConnectionsReader,
    Linking,
    LinkedPeople,
    LinkStates,
    LinkStart,
    LinkReplies,
    LinkCallbackGuard,
    LinkCallbackFilter,
    DiscordStrategy,
    LinkResolver,
    UserSettings,
    ViewerResolver,
  ],
  exports: [
    TokenVerifier,
    TokenVault,
    Connections,
    DiscordConnectionsReader,
    LinkedPeople,
    Linking,
    UserSettings,
    AUTHENTICATE,
  ],
})
export class AuthModule {}
