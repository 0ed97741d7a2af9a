import { Module } from '@nestjs/common';
import { CourseStaff } from './course-staff';
import { CourseStaffResolver } from './course-staff.resolver';

/** Who teaches a course beside its owner. */
@Module({ providers: [CourseStaff, CourseStaffResolver] })
export class TeachingModule {}
