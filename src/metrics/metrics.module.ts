import { Module } from '@nestjs/common';
import { HealthModule } from '../telemetry/health.module';
import { MetricsReader } from './metrics-reader';
import { MetricsResolver } from './metrics.resolver';
import { ServiceMinutes } from './service-minutes';

/** How well it goes: figures from the log and the tables, and the minutes in which Discord was there. */
@Module({ imports: [HealthModule], providers: [ServiceMinutes, MetricsReader, MetricsResolver] })
export class MetricsModule {}
