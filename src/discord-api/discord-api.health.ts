import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HealthAnswer, HealthRegistry } from '../telemetry/health-registry';
import { BotHttp } from './bot-http';

/** Tells the health page whether Discord accepts the bot token. It never makes the process unready. */
@Injectable()
export class DiscordApiHealth implements OnModuleInit {
  constructor(
    private readonly health: HealthRegistry,
    private readonly http: BotHttp,
  ) {}

  onModuleInit(): void {
    this.health.register({
      name: 'discord-rest',
      required: false,
      check: () => Promise.resolve(this.answer()),
    });
  }
  private answer(): HealthAnswer {
    if (!this.http.hasToken) return { up: false, message: 'No bot token is configured, so no servers are managed.' };
    const { open, since } = this.http.circuitState;
    if (!open) return { up: true, message: 'Calls to Discord are let through.' };
    const when = since?.toISOString() ?? 'now';
    return {
      up: false,
      message: `Discord refuses the bot token since ${when}; no calls are made. Check DISCORD_BOT_TOKEN.`,
    };
  }
}
