import { Module } from '@nestjs/common';
import { MembershipModule } from '../membership/membership.module';
import { DiscordEventsController } from './discord-events.controller';
import { DiscordSignature } from './discord-signature';
import { MembershipController } from './membership.controller';

/** What can be done without GraphQL, and what Discord posts to us. */
@Module({
  imports: [MembershipModule],
  controllers: [MembershipController, DiscordEventsController],
  providers: [DiscordSignature],
})
export class RestModule {}
