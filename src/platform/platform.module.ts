import { Global, Module } from '@nestjs/common';
import { Courses } from './courses';
import { People } from './people';

@Global()
@Module({ providers: [Courses, People], exports: [Courses, People] })
export class PlatformModule {}
