import { Module } from '@nestjs/common';
import { EnrollmentIntake } from './enrollment-intake';
import { EnrollmentWebhookController } from './enrollment-webhook.controller';
import { PlatformSignature } from './platform-signature';

/** What the platform tells us by webhook. */
@Module({
  controllers: [EnrollmentWebhookController],
  providers: [EnrollmentIntake, PlatformSignature],
})
export class EnrollmentModule {}
