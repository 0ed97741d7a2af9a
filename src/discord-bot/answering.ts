import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import {
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  MessageFlags,
  type UserContextMenuCommandInteraction,
} from 'discord.js';
import { languageOf } from '../common/language';
import { refusalReply } from './replies/refusal.reply';
import { messageOf, type Reply } from './replies/reply';
import { TEXTS } from './texts/languages';
import { type Visitor } from './visitor';

/** Discord takes changes of an answer for 15 minutes; a minute less, seconds. */
const ANSWERED_WITHIN = 14 * 60;

type Answerable = ButtonInteraction | ChatInputCommandInteraction | UserContextMenuCommandInteraction;

/** Answers commands and buttons: at once that we are at it, then what the work says, and a refusal in the same place. */
@Injectable()
export class Answering implements BeforeApplicationShutdown {
  private readonly logger = new Logger('DiscordCommands');
  private readonly underWay = new Set<Promise<void>>();

  /** The answer is seen by whoever asked alone; a button's replaces the message that the button stands in. Never rejects. */
  async answer(interaction: Answerable, work: (visitor: Visitor) => Promise<Reply>): Promise<void> {
    const answer = this.answered(interaction, work);
    this.underWay.add(answer);
    await answer;
    this.underWay.delete(answer);
  }

  /** Whoever has asked is answered while the database is still there. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async answered(interaction: Answerable, work: (visitor: Visitor) => Promise<Reply>): Promise<void> {
    const language = languageOf(interaction.locale);
    const texts = TEXTS[language];
    try {
      // First of all: Discord waits for three seconds, and a database may be slow.
      await this.begin(interaction);
      const show = (reply: Reply) =>
        interaction.editReply(messageOf(reply)).then(
          () => undefined,
          (error: unknown) => this.logger.debug({ err: error }, 'An answer could not be shown for now.'),
        );
      const visitor: Visitor = {
        discordUserId: interaction.user.id,
        guildId: interaction.guildId ?? '',
        language,
        texts,
        until: Math.floor(interaction.createdTimestamp / 1_000) + ANSWERED_WITHIN,
        show,
      };
      const reply = await work(visitor).catch((error: unknown) => refusalReply(error, texts));
      await interaction.editReply(messageOf(reply));
    } catch (error) {
      // Whoever asked sees that nothing came, and asks again.
      this.logger.warn({ err: error }, 'Discord did not take the answer to a command.');
    }
  }

  private async begin(interaction: Answerable): Promise<void> {
    if (interaction.isButton()) await interaction.deferUpdate();
    else await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  }
}
