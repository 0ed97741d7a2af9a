import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AbandonedJobs } from './abandoned-jobs';
import { JobQueue } from './job-queue';
import { HealthModule } from '../telemetry/health.module';
import { JobRunner } from './job-runner';
import { WorkerHealth } from './worker.health';

@Global()
@Module({
  imports: [DiscoveryModule, HealthModule],
  providers: [JobQueue, JobRunner, AbandonedJobs, WorkerHealth],
  exports: [JobQueue, JobRunner],
})
export class JobsModule {}
