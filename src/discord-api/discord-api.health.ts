import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthRegistry } from '../telemetry/health-registry';
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
      check: () => {
        const { open, since } = this.http.circuitState;
        return Promise.resolve(
          open
            ? {
                up: false,
                message: `Discord refuses the bot token since ${since?.toISOString() ?? 'now'}; no calls are made.`,
              }
            : { up: true, message: 'Calls to Discord are let through.' },
        );
      },
    });
  }
}
