import { Module } from '@nestjs/common';
import { ServerConfigModule } from '../server-config/server-config.module';
import { CourseStaff } from './course-staff';
import { CourseStaffResolver } from './course-staff.resolver';
import { ManageableGuilds } from './manageable-guilds';
import { ManageableGuildsResolver } from './manageable-guilds.resolver';

/** Those who teach: with whom, and which servers they could connect. */
@Module({
  imports: [ServerConfigModule],
  providers: [CourseStaff, CourseStaffResolver, ManageableGuilds, ManageableGuildsResolver],
})
export class TeachingModule {}
