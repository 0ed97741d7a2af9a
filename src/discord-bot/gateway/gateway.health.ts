import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Client } from 'discord.js';
import { HealthRegistry } from '../../telemetry/health-registry';
import { GatewayClient } from './gateway-client';
import { GatewayState } from './gateway-state';

/** Tells the health page how the bot is. That Discord is down does not make the process unready: it waits for Discord. */
@Injectable()
export class GatewayHealth implements OnModuleInit {
  constructor(
    private readonly health: HealthRegistry,
    private readonly state: GatewayState,
    private readonly client: Client,
  ) {}

  onModuleInit(): void {
    this.health.register({
      name: 'bot',
      required: true,
      check: () => {
        const up = this.client instanceof GatewayClient && this.client.started;
        return Promise.resolve({
          up,
          message: up ? 'The bot listens to Discord, or waits for it.' : 'The bot is not started.',
        });
      },
    });
    this.health.register({
      name: 'discord-gateway',
      required: false,
      check: () => Promise.resolve({ up: this.state.connected, message: this.state.message }),
    });
  }
}
