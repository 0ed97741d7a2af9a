import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { type ApplicationCommandData, Client, Events } from 'discord.js';
import { CommandsService, Once } from 'necord';

/** Between attempts, milliseconds. */
const RETRY = 10_000;

/** Tells Discord which commands there are, when that is not what it knows already. */
@Injectable()
export class CommandRegistration implements BeforeApplicationShutdown {
  private readonly logger = new Logger('DiscordCommands');
  private readonly ending = new AbortController();
  private registering: Promise<void> | undefined;

  constructor(
    private readonly client: Client,
    private readonly commands: CommandsService,
  ) {}

  @Once(Events.ClientReady)
  onReady(): void {
    this.registering = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.registering;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      try {
        await this.register();
        return;
      } catch (error) {
        this.logger.warn({ err: error }, `The commands could not be registered; again in ${RETRY / 1_000} s.`);
        await delay(RETRY, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** One call when nothing has changed since the last start, two when something has. */
  private async register(): Promise<void> {
    const { application } = this.client;
    if (!application) throw new Error('Discord has not told yet which application this is.');
    const wanted = this.commands.getGlobalCommands().map((command) => command.toJSON() as ApplicationCommandData);
    const known = await application.commands.fetch({ withLocalizations: true });
    const isKnown =
      known.size === wanted.length && wanted.every((one) => known.some((other) => other.equals(one, true)));
    if (!isKnown) await application.commands.set(wanted);
  }
}
