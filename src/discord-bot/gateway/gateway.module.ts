import { type DynamicModule, Module } from '@nestjs/common';
import { Client } from 'discord.js';
import { NecordModule } from 'necord';
import { CONFIG, type Config } from '../../config/config';
import { BotHttp } from '../../discord-api/bot-http';
import { DiscordRest } from '../../discord-api/discord-rest';
import { clientOptions } from './client-options';
import { GatewayClient } from './gateway-client';
import { GatewayState } from './gateway-state';
import { GATEWAY_TIMING, gatewayTiming } from './gateway-timing';

/** necord with our client instead of its own: see {@link GatewayClient}. */
export function necordModule(): DynamicModule {
  const necord = NecordModule.forRootAsync({ inject: [CONFIG], useFactory: clientOptions });
  return {
    ...necord,
    imports: [...(necord.imports ?? []), GatewayModule],
    providers: [
      ...(necord.providers ?? []),
      {
        provide: Client,
        inject: [CONFIG, BotHttp, DiscordRest, GatewayState, GATEWAY_TIMING],
        useFactory: (
          config: Config,
          ...parts: [BotHttp, DiscordRest, GatewayState, ReturnType<typeof gatewayTiming>]
        ) => new GatewayClient(clientOptions(config), ...parts),
      },
    ],
  };
}

@Module({
  providers: [GatewayState, { provide: GATEWAY_TIMING, inject: [CONFIG], useFactory: gatewayTiming }],
  exports: [GatewayState, GATEWAY_TIMING],
})
export class GatewayModule {}
