import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config';

/** Addresses of the pages of this service. */
@Injectable()
export class Pages {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Where a person connects Discord, and sees all of their courses. */
  get own(): string {
    return `${this.config.publicUrl}/me`;
  }

  /** Where staff sees the courses that they teach. */
  get courses(): string {
    return `${this.config.publicUrl}/courses`;
  }

  ofCourse(courseId: string): string {
    return `${this.config.publicUrl}/courses/${courseId}/discord`;
  }
}
