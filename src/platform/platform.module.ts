import { Global, Module } from '@nestjs/common';
import { CourseResolver } from './course.resolver';
import { Courses } from './courses';
import { People } from './people';

/** What Anycademy owns: courses and people, as far as a caller may see them. */
@Global()
@Module({ providers: [Courses, People, CourseResolver], exports: [Courses, People] })
export class PlatformModule {}
