import { ConsoleLogger, Global, type INestApplication, Injectable, Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Client } from 'discord.js';
import { Context } from 'necord';
import { SANDBOX_CREDENTIALS } from '../../sandbox/credentials';
import { CONFIG, type Config } from '../../src/config/config';
import { DiscordApiModule } from '../../src/discord-api/discord-api.module';
import { GatewayHealth } from '../../src/discord-bot/gateway/gateway.health';
import { GatewayModule, necordModule } from '../../src/discord-bot/gateway/gateway.module';
import { GatewayState } from '../../src/discord-bot/gateway/gateway-state';
import { GATEWAY_TIMING, type GatewayTiming } from '../../src/discord-bot/gateway/gateway-timing';
import { type Dispatches, OnDispatch } from '../../src/discord-bot/on-dispatch';

/** Like the service's, but fast enough for a test. */
const TIMING: GatewayTiming = {
  firstRetry: 200,
  longestRetry: 1_000,
  refusedRetry: 700,
  longestRefusedRetry: 2_000,
  attempt: 8_000,
  reconnect: 1_500,
};

/** What arrived, in order. */
export interface Heard {
  readonly events: string[];
}

/**
 * A provider that writes down what arrives, by necord's own ways. A new class each time: necord remembers on a method
 * whom it calls, so a second application of a process would call the first one's listeners.
 */
function recorder(): Type<Heard> {
  @Injectable()
  class Recorder implements Heard {
    readonly events: string[] = [];

    @OnDispatch('READY')
    ready(): void {
      this.events.push('READY');
    }

    @OnDispatch('GUILD_MEMBER_ADD')
    added(@Context() [member]: Dispatches['GUILD_MEMBER_ADD']): void {
      this.events.push(`added ${member.user.id}`);
    }

    @OnDispatch('GUILD_MEMBER_UPDATE')
    updated(@Context() [member]: Dispatches['GUILD_MEMBER_UPDATE']): void {
      this.events.push(`updated ${member.user.id} ${member.roles.join(',')}`);
    }

    @OnDispatch('GUILD_MEMBER_REMOVE')
    removed(@Context() [member]: Dispatches['GUILD_MEMBER_REMOVE']): void {
      this.events.push(`removed ${member.user.id}`);
    }

    @OnDispatch('CHANNEL_DELETE')
    failing(): void {
      this.events.push('failing');
      throw new Error('A listener that fails.');
    }
  }
  return Recorder;
}

export interface BotApp {
  readonly nest: INestApplication;
  readonly url: string;
  readonly state: GatewayState;
  readonly client: Client;
  readonly heard: Heard;
}

/** The connection to the gateway as the service has it, with nothing behind it. */
export async function startBot(options: { discordUrl: string; botToken?: string }): Promise<BotApp> {
  const config = {
    production: false,
    discord: {
      ...SANDBOX_CREDENTIALS,
      apiUrl: `${options.discordUrl}/api`,
      timeoutMs: 15_000,
      botToken: options.botToken ?? SANDBOX_CREDENTIALS.botToken,
    },
  } as unknown as Config;

  @Global()
  @Module({ providers: [{ provide: CONFIG, useValue: config }], exports: [CONFIG] })
  class Foundations {}

  const Recorder = recorder();
  const testing = await Test.createTestingModule({
    imports: [Foundations, DiscordApiModule, GatewayModule, necordModule()],
    providers: [GatewayHealth, Recorder],
  })
    .overrideProvider(GATEWAY_TIMING)
    .useValue(TIMING)
    .setLogger(new ConsoleLogger({ logLevels: process.env['DEBUG_LOG'] === '1' ? ['log', 'warn', 'error'] : [] }))
    .compile();
  const nest = testing.createNestApplication();
  await nest.listen(0, '127.0.0.1');
  return {
    nest,
    url: await nest.getUrl(),
    state: nest.get(GatewayState),
    client: nest.get(Client),
    heard: nest.get(Recorder),
  };
}
