import { Module } from '@nestjs/common';
import { CourseServerConfigsResolver } from './course-server-configs.resolver';
import { GuildResolver } from './guild.resolver';
import { GuildService } from './guild.service';
import { PreflightCheckResolver } from './preflight-check.resolver';
import { PreflightService } from './preflight.service';
import { ServerConfigResolver } from './server-config.resolver';
import { ServerConfigService } from './server-config.service';
import { ServerConfigs } from './server-configs';
import { ServerHealthChangedResolver } from './server-health-changed.resolver';
import { ServerHealth } from './server-health';
import { ServerInspector } from './server-inspector';

/** Which Discord server serves which course, and whether the service can work there. */
@Module({
  providers: [
    ServerInspector,
    PreflightService,
    ServerHealth,
    ServerConfigs,
    ServerConfigService,
    GuildService,
    ServerConfigResolver,
    CourseServerConfigsResolver,
    GuildResolver,
    ServerHealthChangedResolver,
    PreflightCheckResolver,
  ],
  exports: [ServerConfigs, ServerHealth, ServerInspector, PreflightService],
})
export class ServerConfigModule {}
