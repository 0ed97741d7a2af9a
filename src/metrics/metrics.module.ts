import { Module } from '@nestjs/common';
import { HealthModule } from '../telemetry/health.module';
import { MetricsReader } from './metrics-reader';
import { MetricsResolver } from './metrics.resolver';
import { QueueDepth } from './queue-depth';
import { ServiceMinutes } from './service-minutes';
import { WeeklyActivity } from './weekly-activity';

/** How well it goes: figures from the log and the tables, and the minutes in which Discord was there. */
@Module({
  imports: [HealthModule],
  providers: [QueueDepth, ServiceMinutes, WeeklyActivity, MetricsReader, MetricsResolver],
  exports: [MetricsReader],
})
export class MetricsModule {}
