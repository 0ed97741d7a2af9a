import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { JobQueue } from './job-queue';
import { JobRunner } from './job-runner';

@Global()
@Module({ imports: [DiscoveryModule], providers: [JobQueue, JobRunner], exports: [JobQueue, JobRunner] })
export class JobsModule {}
