import { SetMetadata } from '@nestjs/common';

export const JOB_HANDLER = 'anycademy:job-handler';

/** The decorated method runs the jobs of this name: it receives the payload, validates it, and may throw to be retried. */
export const JobHandler = (name: string) => SetMetadata(JOB_HANDLER, name);
