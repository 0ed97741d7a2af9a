import { Module } from '@nestjs/common';
import { EnrollmentIntake } from './enrollment-intake';
import { EnrollmentWebhookController } from './enrollment-webhook.controller';
import { EnrollmentResolver } from './enrollment.resolver';
import { Enrollments } from './enrollments';
import { PlatformSignature } from './platform-signature';

/** Who is enrolled, as the platform and its staff say it to this service. */
@Module({
  controllers: [EnrollmentWebhookController],
  providers: [EnrollmentIntake, PlatformSignature, Enrollments, EnrollmentResolver],
})
export class EnrollmentModule {}
