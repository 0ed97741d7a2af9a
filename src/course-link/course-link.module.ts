import { Module } from '@nestjs/common';
import { MembershipModule } from '../membership/membership.module';
import { CourseJoin } from './course-join';
import { CourseLinkResolver, LinkVisitResolver, LinkVisitsResolver } from './course-link.resolver';
import { CourseLinkService } from './course-link.service';
import { CourseLinks } from './course-links';
import { LinkCheck } from './link-check';
import { LinkSchedule } from './link-schedule';

/** Courses with a plain invite link, and the button that every student presses. */
@Module({
  imports: [MembershipModule],
  providers: [
    CourseLinks,
    CourseLinkService,
    CourseJoin,
    LinkCheck,
    LinkSchedule,
    CourseLinkResolver,
    LinkVisitsResolver,
    LinkVisitResolver,
  ],
})
export class CourseLinkModule {}
