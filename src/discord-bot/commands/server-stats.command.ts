import { Injectable } from '@nestjs/common';
import { Context, SlashCommand, type SlashCommandContext } from 'necord';
import { CourseStatsReader } from '../../membership/course-stats.reader';
import { MetricsReader } from '../../metrics/metrics-reader';
import { Answering } from '../answering';
import { Callers } from '../callers';
import { Pages } from '../pages';
import { type Reply } from '../replies/reply';
import { type CourseFigures, serverStatsReply } from '../replies/server-stats.reply';
import { staffs } from '../texts/command-texts';
import { type Visitor } from '../visitor';

/** The most courses that one message tells of: the figures of each are read from the log. */
const MAX_COURSES = 10;

/** `/server-stats`: how the asker's courses in this server are doing. */
@Injectable()
export class ServerStatsCommand {
  constructor(
    private readonly answering: Answering,
    private readonly callers: Callers,
    private readonly stats: CourseStatsReader,
    private readonly metrics: MetricsReader,
    private readonly pages: Pages,
  ) {}

  @SlashCommand(staffs('server-stats'))
  serverStats(@Context() [interaction]: SlashCommandContext): Promise<void> {
    return this.answering.answer(interaction, (visitor) => this.figures(visitor));
  }

  private async figures(visitor: Visitor): Promise<Reply> {
    const { caller, courses } = await this.callers.staff(visitor);
    const shown = courses.slice(0, MAX_COURSES);
    const byCourse = await this.stats.of(
      caller,
      shown.map(({ courseId }) => courseId),
    );
    const figures: CourseFigures[] = [];
    for (const config of shown) {
      const stats = byCourse.get(config.courseId);
      if (!stats) continue;
      const metrics = await this.metrics.of(caller, { courseId: config.courseId });
      figures.push({ config, stats, metrics, page: this.pages.ofCourse(config.courseId) });
    }
    const [first] = courses;
    const server = first?.guildName ?? visitor.guildId;
    return serverStatsReply(server, figures, courses.length - shown.length, visitor);
  }
}
