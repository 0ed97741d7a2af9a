import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { HealthModule } from '../telemetry/health.module';
import { BotHttp } from './bot-http';
import { DiscordApiHealth } from './discord-api.health';
import { DiscordOAuth } from './discord-oauth';
import { DiscordRest } from './discord-rest';
import { InviteLookup } from './invite-lookup';

/** Outbound Discord for every feature: the bot's calls, and those with a person's own authorization. */
@Global()
@Module({
  imports: [HealthModule],
  providers: [BotHttp, DiscordRest, DiscordOAuth, InviteLookup, DiscordApiHealth],
  exports: [BotHttp, DiscordRest, DiscordOAuth, InviteLookup],
})
export class DiscordApiModule implements OnApplicationShutdown {
  constructor(private readonly http: BotHttp) {}

  onApplicationShutdown(): void {
    this.http.close();
  }
}
