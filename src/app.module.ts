import { type DynamicModule, Module } from '@nestjs/common';
import { AuditLogModule } from './audit-log/audit-log.module';
import { AuthModule } from './auth/auth.module';
import { type Config } from './config/config';
import { ConfigModule } from './config/config.module';
import { CourseLinkModule } from './course-link/course-link.module';
import { DatabaseModule } from './database/database.module';
import { DiscordApiModule } from './discord-api/discord-api.module';
import { DiscordBotModule } from './discord-bot/discord-bot.module';
import { EnrollmentModule } from './enrollment/enrollment.module';
import { GraphqlModule } from './graphql/graphql.module';
import { JobsModule } from './jobs/jobs.module';
import { MembershipModule } from './membership/membership.module';
import { MetricsModule } from './metrics/metrics.module';
import { PagesModule } from './pages/pages.module';
import { PlatformModule } from './platform/platform.module';
import { RestModule } from './rest/rest.module';
import { ServerConfigModule } from './server-config/server-config.module';
import { TeachingModule } from './teaching/teaching.module';
import { TelemetryModule } from './telemetry/telemetry.module';
import { WebhooksModule } from './webhooks/webhooks.module';

/** Everything that one process runs: the only place that lists all modules. */
@Module({})
export class AppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        TelemetryModule,
        DatabaseModule.forRoot(),
        GraphqlModule,
        JobsModule,
        DiscordApiModule,
        AuditLogModule,
        PlatformModule,
        AuthModule,
        ServerConfigModule,
        MembershipModule,
        MetricsModule,
        CourseLinkModule,
        TeachingModule,
        EnrollmentModule,
        RestModule,
        WebhooksModule,
        PagesModule,
        // Without a token nobody could listen.
        ...(config.roles.has('bot') && config.discord.botToken !== '' ? [DiscordBotModule.register()] : []),
      ],
    };
  }
}
