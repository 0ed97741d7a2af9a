import { type DynamicModule, Module } from '@nestjs/common';
import { MembershipModule } from '../membership/membership.module';
import { CommandsModule } from './commands/commands.module';
import { GapReporter } from './gap-reporter';
import { GatewayHealth } from './gateway/gateway.health';
import { GatewayModule, necordModule } from './gateway/gateway.module';
import { AuditLogEntryListener } from './listeners/audit-log-entry.listener';
import { BanListener } from './listeners/ban.listener';
import { InviteDeleteListener } from './listeners/invite-delete.listener';
import { MemberAddListener } from './listeners/member-add.listener';
import { MemberRemoveListener } from './listeners/member-remove.listener';
import { MemberUpdateListener } from './listeners/member-update.listener';
import { MessageCreateListener } from './listeners/message-create.listener';
import { NewSessionListener } from './listeners/new-session.listener';
import { ServerChangeListener } from './listeners/server-change.listener';
import { ServerPresenceListener } from './listeners/server-presence.listener';
import { ServerEvents } from './server-events';

/** Inbound Discord. Imported only by a process that has the role `bot`. */
@Module({})
export class DiscordBotModule {
  static register(): DynamicModule {
    return {
      module: DiscordBotModule,
      imports: [necordModule(), GatewayModule, MembershipModule, CommandsModule],
      providers: [
        GatewayHealth,
        GapReporter,
        ServerEvents,
        AuditLogEntryListener,
        BanListener,
        InviteDeleteListener,
        MemberAddListener,
        MemberRemoveListener,
        MemberUpdateListener,
        MessageCreateListener,
        NewSessionListener,
        ServerChangeListener,
        ServerPresenceListener,
      ],
    };
  }
}
