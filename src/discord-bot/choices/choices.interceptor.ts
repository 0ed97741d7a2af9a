import { Injectable, Logger } from '@nestjs/common';
import { type AutocompleteInteraction } from 'discord.js';
import { AutocompleteInterceptor } from 'necord';
import { Callers } from '../callers';
import { type Choice, courseChoices, courseMeant } from './course-choice.policy';
import { StudentChoice } from './student-choice';

/** How long the rights of whoever types are good for, seconds. */
const MOMENT = 60;

/** The lists that open while somebody types into `student` or `course`: what they teach in this server, and nothing else. */
@Injectable()
export class ChoicesInterceptor extends AutocompleteInterceptor {
  private readonly logger = new Logger('DiscordCommands');

  constructor(
    private readonly callers: Callers,
    private readonly students: StudentChoice,
  ) {
    super();
  }

  override async transformOptions(interaction: AutocompleteInteraction): Promise<void> {
    // Who may see nothing is shown nothing; the command itself says why.
    const choices = await this.choices(interaction).catch((error: unknown): Choice[] => {
      this.logger.debug({ err: error }, 'Nothing could be offered to somebody who types.');
      return [];
    });
    await interaction
      .respond(choices)
      .catch((error: unknown) => this.logger.debug({ err: error }, 'Discord did not take what was offered.'));
  }

  private async choices(interaction: AutocompleteInteraction): Promise<Choice[]> {
    const { caller, courses } = await this.callers.staff({
      discordUserId: interaction.user.id,
      guildId: interaction.guildId ?? '',
      until: Math.floor(Date.now() / 1_000) + MOMENT,
    });
    const { name, value } = interaction.options.getFocused(true);
    if (name === 'course') return courseChoices(courses, value);
    const chosen = interaction.options.getString('course');
    const among = chosen === null || chosen === '' ? courses : [courseMeant(courses, chosen)];
    return this.students.choices(
      caller,
      among.map(({ courseId }) => courseId),
      value,
    );
  }
}
