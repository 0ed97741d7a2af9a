import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { CONFIG } from '../config/config';
import { HealthModule } from './health.module';
import { loggerOptions } from './logger-options';
import { QuietStartLogger } from './quiet-start';

/** What the process tells of itself: its log and its health. It knows no feature; they report into it. */
@Module({
  imports: [LoggerModule.forRootAsync({ inject: [CONFIG], useFactory: loggerOptions }), HealthModule],
  providers: [QuietStartLogger],
  exports: [LoggerModule, HealthModule, QuietStartLogger],
})
export class TelemetryModule {}
