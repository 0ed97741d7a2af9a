import { Global, Module } from '@nestjs/common';
import { AuditLog } from './audit-log';
import { AuditLogHistory } from './audit-log.history';
import { AuditLogResolver } from './audit-log.resolver';
import { AuditLogStream } from './audit-log.stream';
import { LogEnd } from './log-end';
import { LogFeed } from './log-feed';
import { LogListener } from './log-listener';
import { LogReader } from './log-reader';
import { LogTail } from './log-tail';
import { LogVisibility } from './log-visibility';

/** The one log: every feature appends to it, and whoever may can read and follow it. */
@Global()
@Module({
  providers: [
    AuditLog,
    LogReader,
    LogEnd,
    LogListener,
    LogFeed,
    LogTail,
    LogVisibility,
    AuditLogHistory,
    AuditLogStream,
    AuditLogResolver,
  ],
  exports: [AuditLog, LogTail, LogVisibility],
})
export class AuditLogModule {}
