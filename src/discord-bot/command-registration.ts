import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { type ApplicationCommandData, type Client, type ClientApplication, DiscordAPIError, Events } from 'discord.js';
import { CommandsService, Context, Once } from 'necord';
import { CONFIG, type Config } from '../config/config';

/** Between attempts, milliseconds. */
const RETRY = 10_000;

/** A command that is malformed, or a server that the bot is not in: asking again does not help. */
const FINAL: readonly number[] = [400, 403, 404];

/**
 * Tells Discord which commands there are, when that is not what it knows already: everywhere, and in development servers
 * as their own, where a change shows at once.
 */
@Injectable()
export class CommandRegistration implements BeforeApplicationShutdown {
  private readonly logger = new Logger('DiscordCommands');
  private readonly ending = new AbortController();
  private registering: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly commands: CommandsService,
  ) {}

  @Once(Events.ClientReady)
  onReady(@Context() [{ application }]: [Client<true>]): void {
    const places = [undefined, ...this.config.discord.developmentGuilds];
    this.registering = Promise.all(places.map((guildId) => this.untilDone(application, guildId)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.registering;
  }

  private async untilDone(application: ClientApplication, guildId: string | undefined): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      try {
        await this.register(application, guildId);
        return;
      } catch (error) {
        const what = `The commands could not be registered${guildId === undefined ? '' : ` in the server ${guildId}`}`;
        if (error instanceof DiscordAPIError && FINAL.includes(error.status)) {
          this.logger.error({ err: error }, `${what}: Discord refuses them. Those that it knows already still work.`);
          return;
        }
        this.logger.warn({ err: error }, `${what}; again in ${RETRY / 1_000} s.`);
        await delay(RETRY, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** One call when nothing has changed since the last start, two when something has. */
  private async register(application: ClientApplication, guildId: string | undefined): Promise<void> {
    const global = this.commands.getGlobalCommands().map((command) => command.toJSON() as ApplicationCommandData);
    const wanted = guildId === undefined ? global : global.map(ofOneServer);
    const place = guildId === undefined ? {} : { guildId };
    const known = await application.commands.fetch({ ...place, withLocalizations: true });
    const isKnown = (command: ApplicationCommandData) =>
      known.some((other) => {
        // Where a command of one server can be used is not ours to say.
        const { contexts, integrationTypes } = guildId === undefined ? command : other;
        return other.equals({ ...command, contexts: contexts ?? [], integrationTypes: integrationTypes ?? [] }, true);
      });
    if (known.size === wanted.length && wanted.every(isKnown)) return;
    if (guildId === undefined) await application.commands.set(wanted);
    else await application.commands.set(wanted, guildId);
    this.logger.log(`${wanted.length} commands are registered${guildId === undefined ? '' : ` in ${guildId}`}.`);
  }
}

/** Discord takes where a command can be used of global ones only. */
function ofOneServer(command: ApplicationCommandData): ApplicationCommandData {
  const own = { ...command };
  delete own.contexts;
  delete own.integrationTypes;
  return own;
}
